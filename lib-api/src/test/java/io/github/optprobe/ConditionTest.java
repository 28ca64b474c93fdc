package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import org.junit.jupiter.api.Test;

/** Instructions that are executed under a condition; and data that looks like an instruction. */
class ConditionTest extends ToyTest {
  private static final int ROUNDS = 6;

  /** A loop in which register x counts up; the condition fails while it is odd. */
  private void startLoop() {
    architecture = new ToyArchitecture().withConditionFailing(r -> r.get("x") % 2 == 1);
    asm.label("loop").op(ToyOp.NOP).op(ToyOp.INX).op(ToyOp.ADD, 1);
    for (int i = 1; i < ROUNDS; i++) {
      asm.op(ToyOp.NOP).op(ToyOp.INX);
    }
    asm.op(ToyOp.HLT);
    start();
  }

  @Test
  void a_trap_at_an_instruction_whose_condition_fails_runs_no_handler_and_counts_nothing() {
    startLoop();
    for (Tier tier : new Tier[] {Tier.SINGLE_STEP, Tier.BOOSTED, Tier.EMULATED}) {
      long passing = BASE;
      long failing = BASE + 1 + 1 + 2;
      try (ProbeHandle holds = probe(passing, tier);
          ProbeHandle fails = probe(failing, tier)) {
        long traps = machine.traps();
        assertThat(machine.run(BASE)).isEqualTo(unprobed);

        assertThat(machine.traps() - traps).as("both trap").isGreaterThanOrEqualTo(2);
        assertThat(holds.hits()).isEqualTo(1);
        assertThat(fails.hits()).isZero();
        assertThat(fails.nmissed()).isZero();
      }
    }
  }

  @Test
  void what_the_scan_could_not_decode_is_no_instruction_although_it_decodes() {
    architecture = new ToyArchitecture().withDoubtAt(BASE + 1);
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    start();

    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> probe(BASE + 1, Tier.BOOSTED));

    assertThat(refused.refusal().code()).isEqualTo("FUNCTION_UNDECODABLE");
    assertThat(refused.refusal().culprit().address().value()).isEqualTo(BASE + 1);
  }
}
