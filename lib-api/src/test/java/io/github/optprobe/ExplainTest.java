package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.EMULATED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static io.github.optprobe.Tier.SINGLE_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Explaining is registering without doing it. */
class ExplainTest extends ToyTest {
  @BeforeEach
  void program() {
    asm.op(ToyOp.NOP)
        .op(ToyOp.ADD, 1)
        .op(ToyOp.INX)
        .op(ToyOp.TAX)
        .op(ToyOp.ADDW, 1, 0, 1)
        .op16(ToyOp.XPC, 9)
        .op(ToyOp.TXA)
        .op(ToyOp.HLT);
    start();
  }

  @Test
  void saysWhatRegisteringThenDoesAndWrites() {
    for (long address : asm.addresses()) {
      byte[] before = textNow();
      Explanation explanation = kprobes.explain(at(address));
      assertThat(textNow()).isEqualTo(before);
      assertThat(kprobes.liveSlots()).isZero();
      // Spare pages, one for each size of slot.
      assertThat(text.liveAllocations()).isLessThanOrEqualTo(2);
      assertThat(explanation.isProbeable()).isTrue();
      for (Tier tier : Tier.values()) {
        compare(explanation.verdict(tier), address, tier);
      }
    }
  }

  private void compare(Explanation.Verdict verdict, long address, Tier tier) {
    assertThat(verdict.tier()).isEqualTo(tier);
    try (ProbeHandle handle = probe(address, tier)) {
      kprobes.runOptimizer();
      boolean reached = handle.tier().orElseThrow() == tier;
      if (reached) {
        assertThat(verdict.isAccepted()).as("%x %s", address, tier).isTrue();
        assertWritten(verdict.patches());
      }
      if (!verdict.isAccepted()) {
        assertThat(reached).isFalse();
        assertThat(verdict.patches()).isEmpty();
      }
    }
  }

  private void assertWritten(List<Explanation.Patch> patches) {
    byte[] expected = originalBytes();
    for (Explanation.Patch patch : patches) {
      byte[] from = java.util.HexFormat.ofDelimiter(" ").parseHex(patch.before());
      byte[] to = java.util.HexFormat.ofDelimiter(" ").parseHex(patch.after());
      assertThat(to).hasSameSizeAs(from);
      for (int i = 0; i < to.length; i++) {
        int index = (int) (patch.address() - BASE) + i;
        assertThat(expected[index]).isEqualTo(from[i]);
        expected[index] = to[i];
      }
    }
    assertThat(textNow()).isEqualTo(expected);
  }

  @Test
  void printsOneLineForTheInstructionAndOneForEachTier() {
    assertThat(kprobes.explain(at(BASE)).toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("0x4000  01  nop"),
            line -> assertThat(line).isEqualTo("  SINGLE_STEP writes [0x4000: 01 -> cc]"),
            line -> assertThat(line).isEqualTo("  BOOSTED     writes [0x4000: 01 -> cc]"),
            line -> assertThat(line).isEqualTo("  EMULATED    writes [0x4000: 01 -> cc]"),
            line -> assertThat(line).startsWith("  OPTIMIZED   writes [0x4000: 01 02 01 -> 07 "));
  }

  @Test
  void explainsAnAddressThatIsProbedAlready() {
    ProbeHandle handle = optimized(BASE);
    int live = kprobes.liveSlots();
    byte[] before = textNow();
    Explanation explanation = kprobes.explain(at(BASE));

    assertThat(explanation.instruction().disassembly()).isEqualTo("nop");
    assertThat(explanation.verdicts()).allMatch(Explanation.Verdict::isAccepted);
    assertThat(explanation.verdict(OPTIMIZED).patches().get(0).before()).isEqualTo("01 02 01");
    assertThat(kprobes.liveSlots()).isEqualTo(live);
    assertThat(textNow()).isEqualTo(before);
    handle.close();
  }

  @Test
  void explainsAnAddressInsideAnOptimizedWindow() {
    optimized(BASE);
    Explanation explanation = kprobes.explain(at(BASE + 1));

    assertThat(explanation.verdict(BOOSTED).isAccepted()).isTrue();
    assertThat(explanation.verdict(SINGLE_STEP).patches().get(0).before()).isEqualTo("02");
  }

  @Test
  void explainsWhatIsOnlyEmulated() {
    Explanation explanation = kprobes.explain(at(asm.at(5)));

    assertThat(explanation.verdict(EMULATED).isAccepted()).isTrue();
    assertThat(explanation.verdict(BOOSTED).refusal().orElseThrow().code())
        .isEqualTo("TIER_NOT_OFFERED");
    assertThat(explanation.verdict(OPTIMIZED).refusal().orElseThrow().code())
        .isEqualTo("TOY_UNMOVABLE");
  }

  @Test
  void givesSlotsBackAlsoFromWithinAHandler() {
    kprobes.register(
        Kprobe.at(at(BASE))
            .upTo(SINGLE_STEP)
            .onHit(
                r -> {
                  int live = kprobes.liveSlots();
                  kprobes.explain(at(BASE + 3));
                  assertThat(kprobes.liveSlots()).isEqualTo(live);
                })
            .build());
    assertTransparent();

    assertThat(events).isEmpty();
  }
}
