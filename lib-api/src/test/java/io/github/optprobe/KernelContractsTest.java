package io.github.optprobe;

import static io.github.optprobe.ProbeState.ARMED;
import static io.github.optprobe.ProbeState.DISABLED;
import static io.github.optprobe.ProbeState.DISARMED;
import static io.github.optprobe.ProbeState.OPTIMIZED;
import static io.github.optprobe.ProbeState.OPTIMIZING;
import static io.github.optprobe.ProbeState.UNOPTIMIZING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contracts that the core of Linux 6.1 breaks (V1 to V8) and the defects of the first optprobes
 * patch set of 2009 (D1 to D21), each as a test of its shortest sequence.
 *
 * <table>
 *   <caption>Where each of them is</caption>
 *   <tr><td>V1, D15<td>{@link #neighbourThatLeavesLazilyFreesTheWindow}
 *   <tr><td>V2<td>{@link #disabledProbeThatComesBeforeThePassGetsNoJump}
 *   <tr><td>V3<td>{@link #probeEnabledBeforeThePassKeepsItsJump}
 *   <tr><td>V4<td>{@link #enablingWhileAllAreDisarmedIsNotLost}
 *   <tr><td>V5<td>{@link #nothingIsArmedWhileAllAreDisarmed}
 *   <tr><td>V6<td>{@link #probeThatWasForcedOutAndCameBackIsOptimized}
 *   <tr><td>V7<td>{@link #addressOfRemovedTextCanBeProbedAgain}
 *   <tr><td>V8, D12<td>{@link #failureToArmIsThrownAndDisturbsNoNeighbour}
 *   <tr><td>D1, D2, D3, D11, D21<td>one lock, and who is kept waiting: {@code ConcurrencyTest},
 *       {@code OptimizerScheduleTest}
 *   <tr><td>D4, D5<td>{@link #queuedProbeIsLookedAtAgain}
 *   <tr><td>D6<td>{@link #disablingAndDisarmingRestoreWholeJumps}
 *   <tr><td>D7, D8<td>{@link #lastProbeThatLeavesWhileDisarmedLeavesNothing}
 *   <tr><td>D9, D10<td>{@link #probeBelowThatDoesNotReachIsLeftAlone}
 *   <tr><td>D13<td>{@link #windowOverAProbeAboveIsNotWritten}
 *   <tr><td>D14<td>{@link #probeIsUnoptimizedOnce}
 *   <tr><td>D16<td>{@link #probeThatCouldNotBeWrittenIsNotStuck}
 *   <tr><td>D17<td>{@link #nothingIsWrittenIntoRemovedText}
 *   <tr><td>D18<td>a handle is never written, only its aggregate; nothing to be seen from outside
 *   <tr><td>D19<td>{@link #callerIsToldWhyThereIsNoJump}
 *   <tr><td>D20<td>{@code OptimizerTest.oneSynchronizationServesABatch}
 * </table>
 */
class KernelContractsTest extends ToyTest {
  private static final AddressRange PART = new AddressRange(BASE, BASE + 9);

  private void begin(boolean lazy) {
    for (int i = 0; i < 16; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op(ToyOp.HLT);
    start(builder -> lazy ? builder.lazyUnoptimize() : builder);
  }

  private ProbeHandle disabled(long address) {
    return kprobes.register(Kprobe.at(at(address)).startDisabled().build());
  }

  private ProbeHandle withPostHandler(long address) {
    return kprobes.register(Kprobe.at(at(address)).postHandler((probe, registers) -> {}).build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void neighbourThatLeavesLazilyFreesTheWindow(boolean lazy) {
    begin(lazy);
    ProbeHandle a = probe(BASE);
    ProbeHandle b = optimized(BASE + 2);
    b.close();
    kprobes.runOptimizer();
    assertThat(a.state()).isEqualTo(OPTIMIZED);
    ProbeHandle again = optimized(BASE + 2);
    again.disable();
    kprobes.runOptimizer();
    assertThat(a.state()).as("disabled is as good as gone").isEqualTo(OPTIMIZED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void disabledProbeThatComesBeforeThePassGetsNoJump(boolean lazy) {
    begin(lazy);
    optimized(BASE).close();
    ProbeHandle c = disabled(BASE);
    assertThat(c.state()).isEqualTo(lazy ? UNOPTIMIZING : DISABLED);
    assertTransparent();
    assertThat(c.hits()).isZero();
    kprobes.runOptimizer();
    assertThat(c.state()).isEqualTo(DISABLED);
    assertTextIsOriginal();
    c.close();
    kprobes.runOptimizer();
    assertThat(kprobes.counters().addresses()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void probeEnabledBeforeThePassKeepsItsJump(boolean lazy) {
    begin(lazy);
    ProbeHandle a = optimized(BASE);
    a.disable();
    a.enable();
    assertThat(a.state()).isEqualTo(lazy ? OPTIMIZED : OPTIMIZING);
    assertThat(byteAt(BASE)).isEqualTo(lazy ? "07" : "cc");
    kprobes.runOptimizer();
    assertThat(byteAt(BASE)).isEqualTo("07");
    a.disable();
    ProbeHandle other = probe(BASE);
    kprobes.runOptimizer();
    assertThat(byteAt(BASE)).isEqualTo("07");
    assertTransparent();
    assertThat(a.hits()).isZero();
    assertThat(other.hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void enablingWhileAllAreDisarmedIsNotLost(boolean lazy) {
    begin(lazy);
    ProbeHandle outer = optimized(BASE);
    ProbeHandle inner = disabled(BASE + 1);
    kprobes.disarmAll();
    inner.enable();
    assertThat(inner.state()).isEqualTo(DISARMED);
    assertTextIsOriginal();
    kprobes.armAll();
    kprobes.runOptimizer();
    assertThat(inner.state()).isEqualTo(OPTIMIZED);
    assertThat(outer.state()).as("nothing is written over it").isEqualTo(ARMED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsArmedWhileAllAreDisarmed(boolean lazy) {
    begin(lazy);
    ProbeHandle a = optimized(BASE);
    a.disable();
    withPostHandler(BASE);
    optimized(BASE + 5).close();
    kprobes.disarmAll();
    assertTextIsOriginal();
    probe(BASE + 5);
    a.enable();
    kprobes.runOptimizer();
    assertTextIsOriginal();
    assertThat(kprobes.counters().armed()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void probeThatWasForcedOutAndCameBackIsOptimized(boolean lazy) {
    begin(lazy);
    optimized(BASE).close();
    probe(BASE + 2).close();
    ProbeHandle again = probe(BASE);
    kprobes.runOptimizer();
    assertThat(again.state()).isEqualTo(OPTIMIZED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void addressOfRemovedTextCanBeProbedAgain(boolean lazy) {
    begin(lazy);
    optimized(BASE).close();
    removeAndLoad();
    ProbeHandle again = optimized(BASE);
    assertTransparent();
    assertThat(again.hits()).isEqualTo(1);
  }

  private void removeAndLoad() {
    kprobes.textRemoved(PART);
    text.write(BASE, java.util.Arrays.copyOf(originalBytes(), (int) PART.length()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void failureToArmIsThrownAndDisturbsNoNeighbour(boolean lazy) {
    begin(lazy);
    ProbeHandle outer = optimized(BASE);
    for (int step = 0; step < 6; step++) {
      faulty.failAfter(step, false);
      assertThatExceptionOfType(TextException.class)
          .isThrownBy(() -> probe(BASE + 1, Tier.BOOSTED));
      faulty.heal();
      assertThat(outer.state()).as("step %d", step).isEqualTo(OPTIMIZED);
      assertThat(kprobes.probes()).containsExactly(outer);
    }
    disabled(BASE + 1);
    assertThat(outer.state()).as("nor does one that is not armed").isEqualTo(OPTIMIZED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void queuedProbeIsLookedAtAgain(boolean lazy) {
    begin(lazy);
    ProbeHandle covered = probe(BASE);
    ProbeHandle inside = probe(BASE + 1);
    ProbeHandle off = probe(BASE + 5);
    off.disable();
    disabled(BASE + 9);
    kprobes.runOptimizer();
    assertThat(covered.state()).isEqualTo(ARMED);
    assertThat(inside.state()).isEqualTo(OPTIMIZED);
    assertThat(off.state()).isEqualTo(DISABLED);
    assertThat(kprobes.counters().armed()).isEqualTo(2);
    ProbeHandle queued = probe(BASE + 12);
    kprobes.disarmAll();
    assertThat(kprobes.runOptimizer().optimized()).isZero();
    assertThat(queued.state()).isEqualTo(DISARMED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void disablingAndDisarmingRestoreWholeJumps(boolean lazy) {
    begin(lazy);
    ProbeHandle one = optimized(BASE);
    one.disable();
    kprobes.runOptimizer();
    assertTextIsOriginal();
    optimized(BASE + 4);
    kprobes.disarmAll();
    assertTextIsOriginal();
    assertTransparent();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lastProbeThatLeavesWhileDisarmedLeavesNothing(boolean lazy) {
    begin(lazy);
    ProbeHandle a = optimized(BASE);
    ProbeHandle b = optimized(BASE + 5);
    b.disable();
    kprobes.disarmAll();
    a.close();
    b.close();
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
    kprobes.armAll();
    assertTextIsOriginal();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void probeBelowThatDoesNotReachIsLeftAlone(int distance) {
    begin(false);
    ProbeHandle below = optimized(BASE);
    probe(BASE + distance);
    assertThat(below.state()).isEqualTo(OPTIMIZED);
    assertThat(kprobes.counters().unoptimizedTotal()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void windowOverAProbeAboveIsNotWritten(int distance) {
    begin(false);
    ProbeHandle above = probe(BASE + distance, Tier.BOOSTED);
    ProbeHandle below = probe(BASE);
    kprobes.runOptimizer();
    assertThat(below.state()).isEqualTo(ARMED);
    assertTransparent();
    assertThat(above.hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void probeIsUnoptimizedOnce(boolean lazy) {
    begin(lazy);
    ProbeHandle a = optimized(BASE);
    withPostHandler(BASE);
    probe(BASE + 1);
    a.disable();
    kprobes.setOptimizing(false);
    kprobes.disarmAll();
    assertThat(events.stream().filter("unoptimized 4000"::equals)).hasSize(1);
    assertThat(kprobes.counters().unoptimizedTotal()).isEqualTo(1);
  }

  @Test
  void probeThatCouldNotBeWrittenIsNotStuck() {
    begin(false);
    ProbeHandle a = probe(BASE);
    faulty.failAfter(1, false);
    assertThat(kprobes.runOptimizer().failed()).isEqualTo(1);
    assertThat(kprobes.counters().optimizing()).as("waits for nothing").isZero();
    a.disable();
    a.enable();
    kprobes.runOptimizer();
    assertThat(a.state()).isEqualTo(OPTIMIZED);
  }

  @Test
  void probeWhoseWindowIsBusyStaysQueuedAndIsTriedAgain() {
    begin(false);
    machine.reset(BASE).runUntil(pc -> pc == BASE + 1);
    ProbeHandle a = probe(BASE);
    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);
    machine.run();
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertThat(a.state()).isEqualTo(OPTIMIZED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsWrittenIntoRemovedText(boolean lazy) {
    begin(lazy);
    ProbeHandle queued = probe(BASE);
    ProbeHandle leaving = optimized(BASE + 4);
    leaving.disable();
    removeAndLoad();
    kprobes.runOptimizer();
    assertTextIsOriginal();
    assertThat(List.of(queued, leaving)).allMatch(each -> each.state() == ProbeState.GONE);
    queued.close();
    assertTextIsOriginal();
  }

  @Test
  void callerIsToldWhyThereIsNoJump() {
    begin(false);
    ProbeHandle low = probe(BASE);
    ProbeHandle high = probe(BASE + 1);
    ProbeHandle last = probe(BASE + 15);
    assertThat(low.whyNotOptimized()).map(Refusal::code).contains("PROBE_IN_WINDOW");
    assertThat(last.whyNotOptimized()).isPresent();
    withPostHandler(BASE + 1);
    assertThat(high.whyNotOptimized()).map(Refusal::code).contains("NOT_PERMITTED");
  }
}
