package io.github.optprobe.examples.command;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Where a command writes.
 *
 * @param out the answer, and nothing else
 * @param err everything that is said meanwhile
 */
record Streams(PrintWriter out, PrintWriter err) {

  /** Those of a command that picocli runs. */
  static Streams of(@Nullable CommandSpec spec) {
    var line = Objects.requireNonNull(spec, "picocli fills it").commandLine();
    return new Streams(line.getOut(), line.getErr());
  }

  /**
   * Ends the answer.
   *
   * @throws CommandFailure if some of it could not be written, of which a PrintWriter says nothing
   */
  void finish() {
    // What picocli gives stands before System.out, and does not see what that has swallowed.
    if (out.checkError() || System.out.checkError()) {
      throw new CommandFailure(ExitCode.FOUND, "not all of the answer could be written");
    }
  }
}
