package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyAsm;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Windows in a function with an indirect jump, whose targets nobody knows. */
class WindowPolicyTest extends ToyTest {
  private static final int TARGET = (int) BASE + 12;

  @BeforeEach
  void programThatJumpsToWhatItHasComputed() {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP);
    asm.op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.NOP);
    asm.op(ToyOp.ADDW, TARGET & 0xFF, TARGET >> 8, 0).op(ToyOp.TAX).op(ToyOp.JX);
    asm.op(ToyOp.NOP).op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.HLT);
  }

  @Test
  void conservativelyNoWindowOfSeveralInstructionsIsOverwritten() {
    start();

    assertThat(refusalAt(BASE)).isEqualTo("INDIRECT_JUMP");
    assertThat(refusalAt(BASE + 3)).isEqualTo("INDIRECT_JUMP");
  }

  @Test
  void relaxedTheEntryIsAndNothingElse() {
    start(builder -> builder.windowPolicy(WindowPolicy.RELAXED));
    ProbeHandle entry = optimized(BASE);

    assertThat(refusalAt(BASE + 3)).isEqualTo("INDIRECT_JUMP");
    assertThat(refusalAt(TARGET)).isEqualTo("INDIRECT_JUMP");
    assertTransparent();
    assertThat(entry.hits()).isEqualTo(1);
  }

  @Test
  void relaxedABranchIntoTheEntrysWindowForbidsItAllTheSame() {
    asm = new ToyAsm(BASE);
    asm.op(ToyOp.NOP).label("inside").op(ToyOp.NOP).op(ToyOp.NOP);
    asm.op(ToyOp.ADD, 0).to(ToyOp.BNZ, "inside").op(ToyOp.HLT).op(ToyOp.JX);
    start(builder -> builder.windowPolicy(WindowPolicy.RELAXED));

    assertThat(refusalAt(BASE)).isEqualTo("BRANCH_INTO_WINDOW");
  }

  @Test
  void explainSaysSoToo() {
    start(builder -> builder.windowPolicy(WindowPolicy.RELAXED));

    assertThat(kprobes.explain(at(BASE)).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
    assertThat(kprobes.explain(at(BASE + 3)).verdict(Tier.OPTIMIZED).isAccepted()).isFalse();
  }

  private String refusalAt(long address) {
    try (ProbeHandle probe = probe(address)) {
      return probe.whyNotOptimized().orElseThrow().code();
    }
  }
}
