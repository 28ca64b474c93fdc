package io.github.optprobe.live.safety;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.live.LiveProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine has. */
public final class Here {
  private Here() {}

  /** Skips a test where no process can be probed. */
  public static void assumeItRuns() {
    assumeTrue(LiveProcess.whyNot().isEmpty(), () -> LiveProcess.whyNot().orElse(""));
  }

  /** Whether the CPU has something, by the system's name of it. */
  static boolean cpuHas(String feature) {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("flags"))
          .anyMatch(line -> (line + " ").contains(" " + feature + " "));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Whether a program is on the path. */
  static boolean has(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
