package io.github.optprobe.x86.hazard;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/** Runs a program of GNU binutils and hands on its output line by line. */
final class Listing {
  private Listing() {}

  static void of(Consumer<String> lines, String... command) throws IOException {
    assumeTrue(isOnPath(command[0]), () -> "needs " + command[0] + " (package binutils)");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    try (BufferedReader reader = process.inputReader(StandardCharsets.ISO_8859_1)) {
      reader.lines().forEach(lines);
    }
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
