package io.github.optprobe;

import static io.github.optprobe.toy.ToyOp.BRK;
import static io.github.optprobe.toy.ToyOp.CALL;
import static io.github.optprobe.toy.ToyOp.HLT;
import static io.github.optprobe.toy.ToyOp.INX;
import static io.github.optprobe.toy.ToyOp.RET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Other forms of jumps, and the islands in padding that they need, in the registry. The toy's jump
 * takes three bytes; where that is refused it takes two, to an island of three.
 */
class IslandTest extends ToyTest {
  private static final byte BREAKPOINT = (byte) 0xCC;

  /** main calls f and g and halts. Each of the others is inx; ret, with padding between them. */
  private static final long F = BASE + 7;

  private static final AddressRange GAP = AddressRange.ofLength(F + 2, 5);
  private static final long G = GAP.last() + 1;
  private static final long H = G + 4;

  @BeforeEach
  void load() {
    architecture = new ToyArchitecture().withIslands();
    asm.op16(CALL, (int) F).op16(CALL, (int) G).op(HLT);
    asm.op(INX).op(RET).op(BRK).op(BRK).op(BRK).op(BRK).op(BRK);
    asm.op(INX).op(RET).op(BRK).op(BRK).op(INX).op(RET);
    start(
        builder ->
            builder.codeMap(
                CodeMap.of(
                    function("main", BASE, 7),
                    function("f", F, 2),
                    function("g", G, 2),
                    function("h", H, 2))));
  }

  private static CodeMap.Function function(String name, long start, int length) {
    return new CodeMap.Function(name, AddressRange.ofLength(start, length));
  }

  private byte[] gap() {
    return text.readFully(GAP.first(), (int) GAP.length());
  }

  @Test
  void theFirstFormIsTakenWhereItCanBeHad() {
    optimized(BASE);

    Explanation.Verdict verdict = kprobes.explain(at(BASE)).verdict(Tier.OPTIMIZED);
    assertThat(verdict.form().orElseThrow().bytes()).isEqualTo(3);
    assertThat(gap()).containsOnly(BREAKPOINT);
    assertTransparent();
  }

  @Test
  void aShorterFormGoesThroughAnIsland() {
    ProbeHandle probe = optimized(F);

    assertThat(text.readFully(F, 1)[0]).isEqualTo((byte) 0x05);
    assertThat(gap()[0]).isEqualTo((byte) 0x07);
    assertTransparent();
    assertThat(probe.hits()).isEqualTo(1);
    assertThat(probe.picture().toString())
        .contains("jr to an island by way of 0x%x".formatted(GAP.first()));
  }

  @Test
  void theIslandStandsForTheProbedAddressAndThePaddingForItself() {
    optimized(F);

    assertThat(kprobes.originalAddress(GAP.first() + 2)).hasValue(F);
    assertThat(kprobes.originalAddress(GAP.first() + 3)).isEmpty();
    assertThat(kprobes.originalText().readFully(BASE, originalBytes().length))
        .isEqualTo(originalBytes());
    assertThat(kprobes.originalText().readFully(GAP.first() + 1, 1)[0]).isEqualTo(BREAKPOINT);
    assertThat(textNow()).isNotEqualTo(originalBytes());
  }

  @Test
  void ifAllFormsAreRefusedTheFirstRefusalCountsAndTheOthersAreListed() {
    ProbeHandle inTheWay = optimized(F);

    // Two bytes are left of one gap, and two are the other.
    ProbeHandle refused = probe(H);

    assertThat(refused.whyNotOptimized().orElseThrow().code()).isEqualTo("TOY_UNMOVABLE");
    Explanation.Verdict verdict = kprobes.explain(at(H)).verdict(Tier.OPTIMIZED);
    assertThat(verdict.attempts())
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.form()).isEqualTo(ToyArchitecture.ISLAND))
        .satisfies(attempt -> assertThat(attempt.refusal().code()).isEqualTo("NO_MEMORY_IN_REACH"));
    assertThat(verdict.toString()).contains("not as jr to an island");
    inTheWay.close();
    refused.close();
    optimized(H);
  }

  @Test
  void explainingTakesNoIsland() {
    Explanation.Verdict verdict = kprobes.explain(at(F)).verdict(Tier.OPTIMIZED);

    assertThat(verdict.patches()).hasSize(2);
    assertThat(verdict.patches().get(1).address()).isEqualTo(GAP.first());
    assertThat(verdict.patches().get(1).before()).isEqualTo("cc cc cc");
    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void anIslandIsRestoredWhenTheCpuHasLeftItAndNotBefore() {
    ProbeHandle probe = optimized(F);
    assertThat(machine.runUntil(pc -> pc == GAP.first())).isTrue();

    probe.close();

    assertThat(gap()[0]).isNotEqualTo(BREAKPOINT);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    kprobes.runOptimizer();
    assertThat(gap()).containsOnly(BREAKPOINT);
  }

  @Test
  void aFailingStoreOfAnIslandLeavesThePaddingAsItWas() {
    for (int step = 0; step < 12; step++) {
      faulty.failAfter(step, true);
      ProbeHandle probe = null;
      try {
        probe = probe(F);
      } catch (TextException refused) {
        assertTextIsOriginal();
      }
      faulty.heal();
      if (probe != null && probe.whyNotOptimized().isPresent()) {
        assertThat(gap()).as("step %d", step).containsOnly(BREAKPOINT);
        assertThat(kprobes.originalAddress(GAP.first())).isEmpty();
      }
      assertTransparent();
      if (probe != null) {
        probe.close();
      }
      kprobes.runOptimizer();
      assertTextIsOriginal();
    }
  }

  @Test
  void aRestoringThatFailsIsMadeUpForLater() {
    ProbeHandle probe = optimized(F);
    // Unoptimize and disarm are three stores and three synchronisations.
    faulty.failFrom(6);
    probe.close();
    assertThat(gap()[0]).isNotEqualTo(BREAKPOINT);
    assertThat(kprobes.originalText().readFully(GAP.first(), 5)).containsOnly(BREAKPOINT);

    assertThatExceptionOfType(TextException.class).isThrownBy(kprobes::close);
    faulty.heal();
    kprobes.close();

    assertTextIsOriginal();
  }

  @Test
  void anIslandIsNotReservedAndWhatIsReservedBecomesNoIsland() {
    ProbeHandle probe = optimized(F);
    assertThatIllegalStateException()
        .isThrownBy(() -> kprobes.reserve(AddressRange.ofLength(GAP.first() + 2, 1), "other"));
    probe.close();

    try (Reservation reserved = kprobes.reserve(GAP, "other")) {
      assertThat(probe(F).whyNotOptimized()).isPresent();
      assertThat(reserved.range()).isEqualTo(GAP);
    }
  }

  @Test
  void textWithAnIslandOfAProbeThatStaysIsNotRemoved() {
    ProbeHandle probe = optimized(F);

    assertThatIllegalArgumentException().isThrownBy(() -> kprobes.textRemoved(GAP));

    assertThat(probe.tier()).contains(Tier.OPTIMIZED);
    probe.disable();
    // Now the island is only there in case.
    kprobes.textRemoved(GAP);
    text.write(GAP.first(), new byte[] {BREAKPOINT, BREAKPOINT, BREAKPOINT});
    assertThat(probe.whyNotOptimized().orElseThrow().code()).isEqualTo("UNMAPPED");
    probe.enable();
    kprobes.runOptimizer();
    assertThat(probe.tier()).contains(Tier.OPTIMIZED);
    assertTransparent();
  }
}
