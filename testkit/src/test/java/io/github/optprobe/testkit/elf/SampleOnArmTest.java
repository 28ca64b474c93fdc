package io.github.optprobe.testkit.elf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
import io.github.optprobe.testkit.emulator.NamesOnlyArchitecture;
import io.github.optprobe.testkit.emulator.ScriptedCpu;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Runs the sample, compiled for ARM, in the emulator. */
class SampleOnArmTest {
  private static final long BASE = 0x40_0000L;

  @Test
  void its_results_are_right_in_a32() {
    resultsAreRight(SampleLibrary.A32);
  }

  @Test
  void its_results_are_right_in_t32() {
    resultsAreRight(SampleLibrary.T32);
  }

  @Test
  void its_results_are_right_where_each_set_calls_the_other() {
    resultsAreRight(SampleLibrary.MIXED);
  }

  private static void resultsAreRight(List<String> options) {
    byte[] file = Binutils.sample(options);
    try (EmulatedTarget target = target()) {
      ElfImage sample = ElfImage.load(target, "sample.so", file, BASE, new Imports());
      long checks = call(target, sample, "sample_checks");

      assertThat(checks).isEqualTo(37);
      for (int i = 0; i < checks; i++) {
        assertThat(call(target, sample, "sample_check", i)).as("check %d", i).isOne();
      }
      assertThat(call(target, sample, "sample_run_all")).isZero();
    }
  }

  private static long call(
      EmulatedTarget target, ElfImage sample, String function, long... arguments) {
    return target.run(sample.pointerTo(function), ScriptedCpu.withoutProbes(), arguments);
  }

  private static EmulatedTarget target() {
    try {
      return EmulatedTarget.of(NamesOnlyArchitecture.a32());
    } catch (EmulatorUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }
}
