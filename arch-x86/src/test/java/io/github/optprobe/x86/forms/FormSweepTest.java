package io.github.optprobe.x86.forms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Tier;
import io.github.optprobe.testkit.traced.TracedUnavailableException;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every form of every instruction that the decoder knows: where a tier accepts it, the probed run
 * on this machine's CPU is the unprobed one, from a number of start states each. What is refused is
 * counted by reason, what the CPU does not have is counted too.
 */
@Tag("corpus")
class FormSweepTest {
  private static final long SEED = 20261121;
  private static final int STATES = 8;
  private static final int SAMPLE = 6;

  @Test
  void a_sample_of_all_forms_runs_probed_as_it_runs_unprobed() {
    FormTally tally = sweep(SAMPLE, STATES);
    assertThat(tally.count(Tier.SINGLE_STEP, FormTally.Outcome.EXECUTED)).isGreaterThan(100);
    assertThat(tally.count(Tier.BOOSTED, FormTally.Outcome.EXECUTED)).isGreaterThan(100);
    assertThat(tally.count(Tier.OPTIMIZED, FormTally.Outcome.EXECUTED)).isGreaterThan(100);
  }

  /** A few minutes. */
  @Test
  @Tag("campaign")
  void all_forms_run_probed_as_they_run_unprobed() {
    FormTally tally = sweep(1, STATES);
    assertThat(tally.count(Tier.OPTIMIZED, FormTally.Outcome.EXECUTED)).isGreaterThan(10_000);
  }

  private static FormTally sweep(int oneIn, int states) {
    FormTally tally = new FormTally();
    long start = System.nanoTime();
    Collection<Form> forms = FormSpace.walk(SEED, oneIn);
    double walked = (System.nanoTime() - start) / 1e9;
    try (FormBench bench = orSkip(states)) {
      for (Form form : forms) {
        tally.found(form);
        bench.run(form, tally);
      }
      double ran = (System.nanoTime() - start) / 1e9 - walked;
      System.out.printf(
          "forms: walked in %.1f s; %d cases in %.1f s, %.0f a second%n%s",
          walked, bench.cases(), ran, bench.cases() / ran, tally);
    }
    assertThat(tally.differences()).hasSize(0);
    assertThat(tally.neverExecuted()).isEmpty();
    assertThat(tally.leaks()).isEqualTo(List.of());
    return tally;
  }

  private static FormBench orSkip(int states) {
    try {
      return new FormBench(states);
    } catch (TracedUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }
}
