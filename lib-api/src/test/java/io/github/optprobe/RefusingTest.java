package io.github.optprobe;

import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.toy.ToyTest;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** Provokes refusals, and demands that each is complete and touches nothing. */
abstract class RefusingTest extends ToyTest {
  private byte[] before;

  @Override
  protected final boolean terminates() {
    return false;
  }

  final void begin(UnaryOperator<Kprobes.Builder> settings) {
    start(settings);
    noteText();
  }

  /** From here on nothing is to change. */
  final void noteText() {
    before = textNow();
  }

  @AfterEach
  final void refusalsTouchNothing() {
    if (before != null) {
      assertThat(textNow()).isEqualTo(before);
    }
  }

  /** Registering there is refused, and explaining it says the same of every tier. */
  final Refusal refused(long address) {
    return refused(at(address));
  }

  final Refusal refused(CodeAddress address) {
    int live = kprobes.liveSlots();
    byte[] now = textNow();
    Refusal refusal = refusedRegistration(Kprobe.at(address).build());
    Explanation explanation = kprobes.explain(address);
    assertThat(explanation.isProbeable()).isFalse();
    assertThat(explanation.verdicts())
        .hasSize(4)
        .allSatisfy(
            verdict -> {
              assertThat(verdict.refusal()).contains(refusal);
              assertThat(verdict.patches()).isEmpty();
            });
    assertThat(kprobes.liveSlots()).isEqualTo(live);
    assertThat(textNow()).isEqualTo(now);
    return refusal;
  }

  final Refusal refusedRegistration(Probe probe) {
    RefusedException thrown =
        catchThrowableOfType(RefusedException.class, () -> kprobes.registerAll(List.of(probe)));
    assertThat(thrown).as("registering %s is refused", probe).isNotNull();
    assertThat(thrown).hasMessage(thrown.refusal().message());
    return complete(thrown.refusal());
  }

  static Refusal complete(Refusal refusal) {
    assertThat(refusal.code()).matches("[A-Z][A-Z0-9_]+");
    assertThat(refusal.rule()).isNotBlank();
    assertThat(refusal.advice()).isNotBlank();
    Culprit culprit = refusal.culprit();
    assertThat(culprit.disassembly()).isNotBlank();
    assertThat(refusal.message())
        .contains(refusal.code(), refusal.rule(), refusal.advice(), culprit.disassembly())
        .contains("0x%x".formatted(culprit.address().value()))
        .doesNotContain("\n");
    return refusal;
  }

  /** The breakpoint works, the jump is refused; explaining says the same. */
  final Refusal slow(long address) {
    Explanation explanation = kprobes.explain(at(address));
    ProbeHandle handle = probe(address);
    kprobes.runOptimizer();
    assertThat(handle.tier()).isPresent().get().isNotEqualTo(OPTIMIZED);
    Refusal refusal = complete(handle.whyNotOptimized().orElseThrow());
    assertThat(explanation.verdict(OPTIMIZED).refusal()).contains(refusal);
    handle.close();
    return refusal;
  }
}
