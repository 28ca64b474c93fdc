package io.github.optprobe.testkit.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.ScriptedCpu;
import io.github.optprobe.testkit.emulator.Targets;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Compiles the sample for x86-64, where it can be run whatever else is there. */
class SampleLibraryTest {
  private static final int CHECKS = 37;

  @Test
  void its_results_are_right() {
    byte[] file = SampleLibrary.compile(compiler(), List.of("-m64"));
    try (EmulatedTarget target = Targets.empty()) {
      ElfImage sample = ElfImage.load(target, "sample.so", file, Targets.CODE, new Imports());

      assertThat(sample.importAddresses()).isEmpty();
      assertThat(call(target, sample, "sample_checks")).isEqualTo(CHECKS);
      for (int i = 0; i < CHECKS; i++) {
        assertThat(call(target, sample, "sample_check", i)).as("check %d", i).isOne();
      }
      assertThat(call(target, sample, "sample_check", CHECKS)).isZero();
      assertThat(call(target, sample, "sample_run_all")).isZero();
    }
  }

  @Test
  void what_the_compiler_objects_to_is_told() {
    CrossCompiler compiler = compiler();

    assertThatThrownBy(() -> compiler.compile("int f(void) { return nothing; }", List.of("-c")))
        .isInstanceOf(CompilerException.class)
        .hasMessageContaining("nothing")
        .hasMessageContaining("exit code 1");
  }

  @Test
  void a_compiler_that_is_not_there_is_none() {
    assertThat(CrossCompiler.find("no-such-compiler", "nor-this-one")).isEmpty();
  }

  private static long call(
      EmulatedTarget target, ElfImage sample, String function, long... arguments) {
    return target.run(sample.pointerTo(function), ScriptedCpu.withoutProbes(), arguments);
  }

  private static CrossCompiler compiler() {
    Assumptions.assumeTrue(
        System.getProperty("os.arch").equals("amd64"), "needs a compiler for x86-64");
    return CrossCompiler.find("x86_64-linux-gnu-gcc", "gcc")
        .orElseGet(() -> Assumptions.abort("needs gcc on the path"));
  }
}
