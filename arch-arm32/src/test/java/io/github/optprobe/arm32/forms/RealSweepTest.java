package io.github.optprobe.arm32.forms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.elf.SampleLibrary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real functions, in every tier: the library for ARM in the jar of JNA, and a library in T32 and
 * one in both sets that are compiled where there is a compiler.
 */
@Tag("corpus")
class RealSweepTest {
  private static final int SOME = 24;

  @Test
  void a_library_in_a32() {
    sweep(RealLibrary.jna(), SOME);
  }

  @Test
  void a_library_in_t32() {
    sweep(RealLibrary.sample("sample-t32.so", SampleLibrary.T32), SOME);
  }

  @Test
  @Tag("campaign")
  void all_of_the_library_in_a32() {
    sweep(RealLibrary.jna(), 1);
  }

  @Test
  @Tag("campaign")
  void all_of_the_library_in_t32() {
    sweep(RealLibrary.sample("sample-t32.so", SampleLibrary.T32), 1);
  }

  @Test
  @Tag("campaign")
  void all_of_the_library_in_both() {
    sweep(RealLibrary.sample("sample-mixed.so", SampleLibrary.MIXED), 1);
  }

  private static void sweep(RealLibrary library, int every) {
    RealTally tally = new RealTally();
    new RealCodeSweep(library, every, tally).run();
    System.out.printf("%s%n%s%n", library.library().name(), tally);
    assertThat(tally.differences()).isEmpty();
    assertThat(tally.counted("boundaries that can be probed")).isPositive();
  }
}
