package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.table.ArmSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The GNU cross tools for ARM. */
public final class CrossTools {
  private static final String PREFIX = "arm-linux-gnueabihf-";

  private CrossTools() {}

  /** Whether such programs are installed. */
  public static boolean have(String... programs) {
    return Stream.of(programs).allMatch(CrossTools::isInstalled);
  }

  private static boolean isInstalled(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, PREFIX + program)));
  }

  /** Assembles and links a piece of code, {@code .text} at an address. */
  public static ElfFile assemble(Path directory, ArmSet set, String source, long address)
      throws IOException, InterruptedException {
    String head = set == ArmSet.A32 ? ".arm\n" : ".thumb\n";
    Path input =
        Files.writeString(
            directory.resolve("code.s"),
            ".syntax unified\n.arch armv7-a\n.fpu neon\n.text\n" + head + source + "\n");
    Path object = directory.resolve("code.o");
    Path output = directory.resolve("code.elf");
    run("as", "-o", object.toString(), input.toString());
    run(
        "ld",
        "-Ttext=0x" + Long.toHexString(address),
        "-e0",
        "-o",
        output.toString(),
        object.toString());
    return ElfFile.of(output);
  }

  /** Compiles {@code functions.c}. */
  static Path compile(Path directory, String name, List<String> options)
      throws IOException, InterruptedException {
    Path source = directory.resolve("functions.c");
    try (InputStream resource = CrossTools.class.getResourceAsStream("functions.c")) {
      Files.write(source, resource.readAllBytes());
    }
    Path output = directory.resolve(name);
    List<String> arguments = new ArrayList<>(List.of("-std=gnu11", "-w"));
    arguments.addAll(options);
    arguments.addAll(List.of("-o", output.toString(), source.toString()));
    run("gcc", arguments.toArray(String[]::new));
    return output;
  }

  /** Runs a program; what it printed, by lines. */
  static List<String> run(String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PREFIX + program));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed;
    try (InputStream output = process.getInputStream()) {
      printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed:\n" + printed);
    }
    return printed.lines().toList();
  }
}
