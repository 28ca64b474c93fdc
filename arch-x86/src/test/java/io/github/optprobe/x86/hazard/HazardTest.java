package io.github.optprobe.x86.hazard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.WindowPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which instructions of real libraries may become jumps, and whether an independent look at the
 * same libraries finds anything that lands inside one of their windows.
 */
@Tag("corpus")
class HazardTest {
  @Test
  void no_window_of_the_library_inside_jna_has_a_hazard(@TempDir Path directory)
      throws IOException {
    survey(RealLibraries.jna(directory), 4, 0.85, 0.90);
  }

  @Test
  void no_window_of_a_sample_of_libc_has_a_hazard() throws IOException {
    survey(RealLibraries.system("libc.so.6"), 40, 0.80, 0.88);
  }

  @Tag("campaign")
  @ParameterizedTest
  @CsvSource({
    "libz.so.1, 0.90, 0.93",
    "libc.so.6, 0.85, 0.90",
    "libcrypto.so.3, 0.90, 0.94",
    "libstdc++.so.6, 0.85, 0.90"
  })
  void no_window_of_a_library_has_a_hazard(String name, double conservative, double relaxed)
      throws IOException {
    survey(RealLibraries.system(name), 1, conservative, relaxed);
  }

  @Tag("campaign")
  @Test
  void no_window_of_a_sample_of_the_virtual_machine_has_a_hazard() throws IOException {
    survey(RealLibraries.jvm(), 50, 0.80, 0.88);
  }

  private static void survey(Optional<Path> file, int every, double conservative, double relaxed)
      throws IOException {
    assumeTrue(file.isPresent(), "this machine does not have the library");
    survey(file.orElseThrow(), every, conservative, relaxed);
  }

  private static void survey(Path file, int every, double conservative, double relaxed)
      throws IOException {
    Survey survey = new Survey(RealLibraries.read(file));
    Hazards hazards = new Hazards(file);
    System.out.printf(
        "%s: %d functions; objdump: %s%n", file.getFileName(), survey.functions().size(), hazards);
    for (WindowPolicy policy : WindowPolicy.values()) {
      Survey.Answers inner = survey.boundaries(policy, every);
      check(file, policy, "entries", survey.entries(policy), hazards);
      check(file, policy, "inner", inner, hazards);
      assertThat(inner.share())
          .as("%s", policy)
          .isGreaterThan(policy == WindowPolicy.RELAXED ? relaxed : conservative);
    }
  }

  private static void check(
      Path file, WindowPolicy policy, String which, Survey.Answers answers, Hazards hazards) {
    Map<String, List<String>> undetected = hazards.in(answers.optimized);
    System.out.printf(
        "%-18s %-12s %-7s %s; undetected hazards %s%n",
        file.getFileName(), policy, which, answers, undetected);
    assertThat(undetected).as("%s %s %s", file, policy, which).isEmpty();
  }
}
