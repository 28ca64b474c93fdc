package io.github.optprobe.arm32.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.testkit.elf.CrossCompiler;
import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.elf.SampleLibrary;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A library that knows its own results, in A32, in T32 and in both, run with probes on all of its
 * instructions: its results, its registers and its memory stay what they were, and so does its path
 * except under jumps, which are not seen where they have a condition that fails.
 */
@Tag("corpus")
class SampleSweepTest {
  private static final int SOME = 40;

  /** In which sets the library is compiled. */
  enum Sets {
    A32(SampleLibrary.A32),
    T32(SampleLibrary.T32),
    MIXED(SampleLibrary.MIXED);

    @SuppressWarnings("ImmutableEnumChecker") // It is one of List.copyOf.
    private final List<String> options;

    Sets(List<String> options) {
      this.options = options;
    }
  }

  @Test
  void all_instructions_probed_at_once() {
    probeAll(Sets.MIXED);
  }

  @Test
  void some_instructions_probed_one_at_a_time() {
    probeEach(Sets.MIXED, SOME);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("campaign")
  void all_instructions_probed_at_once_in(Sets sets) {
    probeAll(sets);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("campaign")
  void each_instruction_probed_alone_in(Sets sets) {
    probeEach(sets, 1);
  }

  /** Jumps leave no room for probes right behind them, so there are two rounds of them. */
  private static void probeAll(Sets sets) {
    try (Program program = load(sets)) {
      Scenario all = runAll(program);
      Observation unprobed = program.unprobed(all);
      assertThat(unprobed.results()).containsExactly(0L);
      for (Tier tier : Tier.values()) {
        Sweep sweep =
            new Sweep("%s, all at once, up to %s".formatted(sets, tier), tier != Tier.OPTIMIZED);
        for (List<CodeAddress> some : rounds(program.boundaries(), tier)) {
          program.probe(some, tier, all, unprobed, sweep);
        }
        report(sweep, tier);
      }
    }
  }

  /** Each n-th instruction that is executed, with the check that executes it least often. */
  private static void probeEach(Sets sets, int every) {
    try (Program program = load(sets)) {
      Checks checks = new Checks(program);
      for (Tier tier : Tier.values()) {
        Sweep sweep =
            new Sweep("%s, one at a time, up to %s".formatted(sets, tier), tier != Tier.OPTIMIZED);
        for (int i = 0; i < program.boundaries().size(); i += every) {
          CodeAddress address = program.boundaries().get(i);
          checks
              .quietest(address.value())
              .ifPresent(
                  check ->
                      program.probe(
                          List.of(address), tier, check.scenario(), check.unprobed(), sweep));
        }
        report(sweep, tier);
      }
    }
  }

  private static void report(Sweep sweep, Tier tier) {
    System.out.println(sweep);
    assertThat(sweep.differences()).isEmpty();
    assertThat(sweep.hits()).isPositive();
    // What can be boosted is not emulated; the rest is, up to stepping as well.
    Tier found = tier == Tier.EMULATED ? Tier.BOOSTED : tier;
    assertThat(sweep.inTier(found)).isPositive();
  }

  private static List<List<CodeAddress>> rounds(List<CodeAddress> all, Tier tier) {
    if (tier != Tier.OPTIMIZED) {
      return List.of(all);
    }
    List<List<CodeAddress>> rounds = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < all.size(); i++) {
      rounds.get(i % 2).add(all.get(i));
    }
    return rounds;
  }

  private static Scenario runAll(Program program) {
    long function = program.image.pointerTo("sample_run_all");
    return guest -> guest.call(function);
  }

  private static Program load(Sets sets) {
    CrossCompiler compiler =
        CrossCompiler.find("arm-linux-gnueabihf-gcc")
            .orElseGet(() -> Assumptions.abort("needs arm-linux-gnueabihf-gcc on the path"));
    byte[] file = SampleLibrary.compile(compiler, sets.options);
    ElfLibrary library = ElfLibrary.of("sample-%s.so".formatted(sets), file);
    return new Program(library, file, target -> new Imports());
  }
}
