package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs programs of GNU binutils; a test that needs an absent one is skipped with a message. */
final class Tool {
  private Tool() {}

  static List<String> run(String... command) throws IOException, InterruptedException {
    assumeTrue(isOnPath(command[0]), () -> "needs " + command[0] + " (package binutils)");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(Arrays.toString(command)).isZero();
    return new String(output, StandardCharsets.UTF_8).lines().toList();
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
