package io.github.optprobe.examples.command;

import io.github.optprobe.examples.OptprobeCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** A command that was run: what it left with, and what it wrote where. */
record Ran(int exitCode, String out, String err) {
  static final Path FILES = Path.of("src/test/resources/io/github/optprobe/examples/command");

  /** A file of the tests. */
  static String file(String name) {
    return FILES.resolve(name).toString();
  }

  /** Runs {@code optprobe}. */
  static Ran optprobe(String... arguments) {
    return of(OptprobeCommand.commandLine(), arguments);
  }

  /** Runs a command. */
  static Ran of(CommandLine line, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Ran(line.execute(arguments), out.toString(), err.toString());
  }

  /** The lines of the answer, each read as JSON. */
  List<Map<String, Object>> json() {
    return out.lines().map(Json::object).toList();
  }
}
