package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static io.github.optprobe.Tier.SINGLE_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a probe becomes a jump, and when it stops being one. */
class OptimizerTest extends StraightCodeTest {

  @Test
  void breakpointFirstThenJump() {
    ProbeHandle handle = probe(BASE);

    assertThat(byteAt(BASE)).isEqualTo("cc");
    assertThat(handle.tier()).contains(BOOSTED);
    assertThat(handle.whyNotOptimized()).isEmpty();
    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(1, 0, 0, 0, 0));
    assertThat(byteAt(BASE)).isEqualTo("07");
    assertThat(handle.tier()).contains(OPTIMIZED);
    assertThat(events).contains("optimized 4000");
    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(0, 0, 0, 0, 0));
    assertTransparent();
  }

  @Test
  void oneSynchronizationServesABatch() {
    for (int i = 0; i < 5; i++) {
      probe(BASE + 4L * i);
    }
    faulty.failAfter(10 + 2, false);
    // Five tails, one synchronisation, five heads, one more.
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(5);
    faulty.heal();
    assertTransparent();
  }

  @Test
  void postHandlerUnoptimizesAndItsLeavingQueuesAgain() {
    ProbeHandle first = optimized(BASE);
    ProbeHandle post =
        kprobes.register(Kprobe.at(at(BASE)).postHandler((probe, registers) -> {}).build());

    assertThat(byteAt(BASE)).isEqualTo("cc");
    assertThat(first.tier()).as("NOP is emulated").contains(Tier.EMULATED);
    assertThat(first.whyNotOptimized().orElseThrow().code()).isEqualTo("NOT_PERMITTED");
    assertThat(kprobes.runOptimizer().optimized()).isZero();
    assertTransparent();
    post.close();
    assertThat(first.tier()).contains(BOOSTED);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertThat(first.tier()).contains(OPTIMIZED);
    assertThat(events).containsExactly("optimized 4000", "unoptimized 4000", "optimized 4000");
    assertTransparent();
    assertThat(first.hits()).isEqualTo(2);
  }

  @Test
  void lowestCeilingHoldsForAll() {
    ProbeHandle high = optimized(BASE);
    ProbeHandle low = probe(BASE, SINGLE_STEP);

    assertThat(high.tier()).contains(SINGLE_STEP);
    low.close();
    kprobes.runOptimizer();
    assertThat(high.tier()).contains(OPTIMIZED);
  }

  @Test
  void ceilingThatCameFirstAndLeftDoesNotMatter() {
    ProbeHandle low = probe(BASE, BOOSTED);
    ProbeHandle high = probe(BASE);
    kprobes.runOptimizer();
    assertThat(high.tier()).contains(BOOSTED);
    low.close();
    kprobes.runOptimizer();

    assertThat(high.tier()).contains(OPTIMIZED);
  }

  @Test
  void disabledProbeIsOriginalAndComesBackAsAJump() {
    ProbeHandle handle = optimized(BASE);
    handle.disable();

    assertTextIsOriginal();
    assertThat(handle.isEnabled()).isFalse();
    assertThat(handle.tier()).isEmpty();
    assertTransparent();
    assertThat(handle.hits()).isZero();
    handle.disable();
    handle.enable();
    handle.enable();
    assertThat(byteAt(BASE)).isEqualTo("cc");
    kprobes.runOptimizer();
    assertThat(byteAt(BASE)).isEqualTo("07");
    assertTransparent();
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void enablingBeforeThePassRanLosesNothing() {
    ProbeHandle handle = probe(BASE);
    handle.disable();
    handle.enable();
    kprobes.runOptimizer();

    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void startsDisabled() {
    ProbeHandle handle = kprobes.register(Kprobe.at(at(BASE)).startDisabled().build());
    kprobes.runOptimizer();

    assertTextIsOriginal();
    assertThat(handle.isRegistered()).isTrue();
    assertThat(handle.isEnabled()).isFalse();
    assertTransparent();
    assertThat(handle.hits()).isZero();
    handle.enable();
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void disabledMemberDoesNotRunWhileAnotherKeepsTheJump() {
    ProbeHandle stays = optimized(BASE);
    ProbeHandle disabled = probe(BASE);
    disabled.disable();

    assertThat(stays.tier()).contains(OPTIMIZED);
    assertTransparent();
    assertThat(stays.hits()).isEqualTo(1);
    assertThat(disabled.hits()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void probeInsideAWindowForcesTheJumpOutAndItComesBack(int distance) {
    ProbeHandle outer = optimized(BASE + 2);
    ProbeHandle inner = probe(BASE + 2 + distance);

    assertThat(outer.tier()).contains(BOOSTED);
    assertThat(outer.whyNotOptimized().orElseThrow().code()).isEqualTo("PROBE_IN_WINDOW");
    kprobes.runOptimizer();
    assertThat(inner.tier()).contains(OPTIMIZED);
    assertThat(outer.tier()).contains(BOOSTED);
    assertTransparent();
    inner.close();
    kprobes.runOptimizer();
    assertThat(outer.tier()).contains(OPTIMIZED);
    assertTransparent();
    assertThat(outer.hits()).isEqualTo(2);
    assertThat(inner.hits()).isEqualTo(1);
  }

  @Test
  void probeBehindAWindowDisturbsNobody() {
    ProbeHandle before = optimized(BASE);
    ProbeHandle behind = optimized(BASE + 3);

    assertThat(before.tier()).contains(OPTIMIZED);
    assertThat(behind.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @ParameterizedTest
  @CsvSource({"-2", "-1", "1", "2", "3"})
  void bothOrdersOfRegistrationAndRemovalSettleTheSame(int distance) {
    for (boolean firstLeavesFirst : new boolean[] {true, false}) {
      ProbeHandle one = optimized(BASE + 6);
      ProbeHandle two = probe(BASE + 6 + distance);
      kprobes.runOptimizer();
      ProbeHandle low = distance > 0 ? one : two;
      ProbeHandle high = distance > 0 ? two : one;
      assertThat(high.tier()).contains(OPTIMIZED);
      assertThat(low.tier()).contains(Math.abs(distance) < 3 ? lowTier(low) : OPTIMIZED);
      assertTransparent();
      (firstLeavesFirst ? one : two).close();
      kprobes.runOptimizer();
      ProbeHandle left = firstLeavesFirst ? two : one;
      assertThat(left.tier()).as("nothing is left slow").contains(OPTIMIZED);
      assertTransparent();
      left.close();
      assertTextIsOriginal();
    }
  }

  private static Tier lowTier(ProbeHandle low) {
    // INX, at odd addresses, is not boosted.
    return (low.address().value() - BASE) % 4 == 1 ? Tier.EMULATED : BOOSTED;
  }

  @Test
  void disabledProbeInsideAWindowIsNoObstacleUntilEnabled() {
    ProbeHandle outer = optimized(BASE);
    ProbeHandle inner = kprobes.register(Kprobe.at(at(BASE + 2)).startDisabled().build());

    assertThat(outer.tier()).contains(OPTIMIZED);
    inner.enable();
    assertThat(outer.tier()).contains(BOOSTED);
    assertTransparent();
    inner.disable();
    kprobes.runOptimizer();
    assertThat(outer.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  void queuedProbeIsTakenOffWhenOneIsRegisteredInsideItsWindow() {
    ProbeHandle outer = probe(BASE);
    probe(BASE + 1);

    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertThat(outer.tier()).contains(BOOSTED);
  }

  @Test
  void severalJumpsOverOneAddressAllMakeWay() {
    // 4 and 5 both cover 6, but only 5 can be a jump while it stands; then the one at 6 comes.
    ProbeHandle four = optimized(BASE + 4);
    ProbeHandle five = kprobes.register(Kprobe.at(at(BASE + 5)).startDisabled().build());
    ProbeHandle six = probe(BASE + 6);
    five.enable();
    kprobes.runOptimizer();
    assertThat(six.tier()).contains(OPTIMIZED);
    assertThat(four.tier().orElseThrow()).isNotEqualTo(OPTIMIZED);
    assertThat(five.tier().orElseThrow()).isNotEqualTo(OPTIMIZED);
    assertTransparent();
    six.close();
    kprobes.runOptimizer();
    assertThat(five.tier()).contains(OPTIMIZED);
    assertTransparent();
    five.close();
    kprobes.runOptimizer();
    assertThat(four.tier()).contains(OPTIMIZED);
    assertTransparent();
  }
}
