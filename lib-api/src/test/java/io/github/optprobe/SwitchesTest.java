package io.github.optprobe;

import static io.github.optprobe.ProbeState.ARMED;
import static io.github.optprobe.ProbeState.DISABLED;
import static io.github.optprobe.ProbeState.DISARMED;
import static io.github.optprobe.ProbeState.OPTIMIZING;
import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The switches that concern all probes. */
class SwitchesTest extends StraightCodeTest {
  private void restart(boolean lazily) {
    if (lazily) {
      kprobes.close();
      start(Kprobes.Builder::lazyUnoptimize);
    }
  }

  private int writesOf(Runnable operation) {
    List<Object> writes = new ArrayList<>();
    text.onWrite(writes::add);
    operation.run();
    text.onWrite(range -> {});
    return writes.size();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void disarmingRestoresAllTextAtOnceAndArmingBringsItBack(boolean lazily) {
    restart(lazily);
    List<ProbeHandle> handles = List.of(optimized(BASE), probe(BASE + 4), probe(BASE + 8, BOOSTED));
    kprobes.disarmAll();

    assertTextIsOriginal();
    assertThat(kprobes.isArmed()).isFalse();
    assertThat(handles).allMatch(handle -> handle.state() == DISARMED && handle.isEnabled());
    assertThat(handles).allMatch(handle -> handle.tier().isEmpty());
    assertTransparent();
    assertThat(handles).allMatch(handle -> handle.hits() == 0);
    kprobes.armAll();
    assertThat(kprobes.isArmed()).isTrue();
    assertThat(handles)
        .extracting(ProbeHandle::state)
        .containsExactly(OPTIMIZING, OPTIMIZING, ARMED);
    kprobes.runOptimizer();
    assertThat(handles.get(0).tier()).contains(OPTIMIZED);
    assertTransparent();
    assertThat(handles).allMatch(handle -> handle.hits() == 1);
  }

  @Test
  void switchesAreIdempotent() {
    optimized(BASE);
    probe(BASE + 4, BOOSTED);

    assertThat(writesOf(kprobes::armAll)).isZero();
    assertThat(writesOf(() -> kprobes.setOptimizing(true))).isZero();
    assertThat(writesOf(kprobes::disarmAll)).isPositive();
    assertThat(writesOf(kprobes::disarmAll)).isZero();
    kprobes.setOptimizing(false);
    assertThat(writesOf(() -> kprobes.setOptimizing(false))).isZero();
    assertThat(writesOf(kprobes::armAll)).isEqualTo(2);
    assertThat(writesOf(kprobes::armAll)).isZero();
  }

  @Test
  void whatEachProbeAsksForDoesNotChange() {
    ProbeHandle enabled = probe(BASE);
    ProbeHandle disabled = probe(BASE + 4);
    disabled.disable();
    kprobes.disarmAll();
    assertThat(enabled.isEnabled()).isTrue();
    assertThat(disabled.isEnabled()).isFalse();
    assertThat(disabled.state()).isEqualTo(DISABLED);
    kprobes.armAll();

    assertThat(byteAt(BASE)).isEqualTo("cc");
    assertThat(byteAt(BASE + 4)).isEqualTo("01");
    assertThat(disabled.state()).isEqualTo(DISABLED);
  }

  @Test
  void probesRegisteredWhileDisarmedAreArmedLater() {
    kprobes.disarmAll();
    ProbeHandle handle = probe(BASE);
    ProbeHandle inside = probe(BASE + 1, BOOSTED);
    ProbeHandle disabled = kprobes.register(Kprobe.at(at(BASE + 6)).startDisabled().build());
    kprobes.runOptimizer();

    assertTextIsOriginal();
    assertThat(handle.state()).isEqualTo(DISARMED);
    kprobes.armAll();
    kprobes.runOptimizer();
    assertThat(handle.whyNotOptimized().orElseThrow().code()).isEqualTo("PROBE_IN_WINDOW");
    assertThat(inside.state()).isEqualTo(ARMED);
    assertThat(disabled.state()).isEqualTo(DISABLED);
    assertTransparent();
  }

  @Test
  void enablingAndDisablingWhileDisarmedIsRemembered() {
    ProbeHandle on = kprobes.register(Kprobe.at(at(BASE)).startDisabled().build());
    ProbeHandle off = optimized(BASE + 4);
    kprobes.disarmAll();
    on.enable();
    off.disable();
    assertTextIsOriginal();
    kprobes.armAll();
    kprobes.runOptimizer();

    assertThat(on.tier()).contains(OPTIMIZED);
    assertThat(off.state()).isEqualTo(DISABLED);
    assertTransparent();
    assertThat(on.hits()).isEqualTo(1);
    assertThat(off.hits()).isZero();
  }

  @Test
  void unregisteringWhileDisarmedWritesNothing() {
    ProbeHandle handle = optimized(BASE);
    ProbeHandle stays = probe(BASE + 4);
    kprobes.disarmAll();

    assertThat(writesOf(handle::close)).isZero();
    kprobes.armAll();
    assertThat(handle.isRegistered()).isFalse();
    assertThat(byteAt(BASE)).isEqualTo("01");
    assertThat(stays.state()).isEqualTo(OPTIMIZING);
  }

  @Test
  void optimizingOffTakesJumpsOutAndKeepsBreakpoints() {
    ProbeHandle jump = optimized(BASE);
    ProbeHandle queued = probe(BASE + 4);
    kprobes.setOptimizing(false);

    assertThat(kprobes.isOptimizing()).isFalse();
    for (ProbeHandle handle : List.of(jump, queued, probe(BASE + 8))) {
      assertThat(handle.state()).isEqualTo(ARMED);
      assertThat(handle.whyNotOptimized().orElseThrow().rule()).contains("switched off");
    }
    assertThat(kprobes.runOptimizer().optimized()).isZero();
    assertTransparent();
    kprobes.setOptimizing(true);
    assertThat(jump.whyNotOptimized()).isEmpty();
    assertThat(kprobes.counters().optimizing()).isEqualTo(3);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(3);
    assertTransparent();
    assertThat(jump.hits()).isEqualTo(2);
  }

  @Test
  void switchesAreIndependent() {
    ProbeHandle handle = optimized(BASE);
    kprobes.disarmAll();
    kprobes.setOptimizing(false);
    assertTextIsOriginal();
    kprobes.armAll();
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(BOOSTED);
    kprobes.disarmAll();
    kprobes.setOptimizing(true);
    kprobes.runOptimizer();
    assertTextIsOriginal();
    kprobes.armAll();
    kprobes.runOptimizer();

    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void enablingWhileDisarmedIsNotLostInARegistrationThatStartedDisabled() {
    // V4 of the kernel: the parent's flag was cleared only when not globally disarmed.
    ProbeHandle inner = kprobes.register(Kprobe.at(at(BASE + 1)).startDisabled().build());
    ProbeHandle outer = probe(BASE);
    kprobes.disarmAll();
    inner.enable();
    kprobes.armAll();
    kprobes.runOptimizer();

    assertThat(inner.tier()).contains(OPTIMIZED);
    assertThat(outer.tier()).as("its jump would cover the other").contains(BOOSTED);
    assertTransparent();
    assertThat(inner.hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void joiningADyingProbeWhileDisarmedArmsNothing(boolean lazily) {
    // V5 (a): rescuing an aggregate that was on its way out left a breakpoint.
    restart(lazily);
    ProbeHandle dying = optimized(BASE);
    dying.close();
    kprobes.disarmAll();
    assertTextIsOriginal();
    ProbeHandle heir = probe(BASE);
    kprobes.runOptimizer();

    assertTextIsOriginal();
    assertThat(heir.state()).isEqualTo(DISARMED);
    kprobes.armAll();
    kprobes.runOptimizer();
    assertThat(heir.tier()).contains(OPTIMIZED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void disarmingReachesAProbeOnItsWayOutThatAnotherJoined(boolean lazily) {
    // V5 (b): a probe that had been forced off counted as queued, and was not disarmed.
    restart(lazily);
    ProbeHandle jump = optimized(BASE);
    jump.disable();
    kprobes.register(Kprobe.at(at(BASE)).postHandler((probe, registers) -> {}).build());
    kprobes.disarmAll();
    assertTextIsOriginal();
    kprobes.runOptimizer();

    assertTextIsOriginal();
  }

  @Test
  void lazilyLeavingJumpIsTakenOutByDisarmingAndDoesNotComeBack() {
    restart(true);
    ProbeHandle disabled = optimized(BASE);
    ProbeHandle closed = optimized(BASE + 4);
    disabled.disable();
    closed.close();
    assertThat(disabled.state()).isEqualTo(ProbeState.UNOPTIMIZING);
    kprobes.disarmAll();

    assertTextIsOriginal();
    assertThat(disabled.state()).isEqualTo(DISABLED);
    assertThat(kprobes.counters().unoptimizing()).isZero();
    assertThat(kprobes.probes()).containsExactly(disabled);
    assertThat(kprobes.liveSlots()).as("copy and buffer of the disabled one").isEqualTo(2);
    kprobes.armAll();
    assertTextIsOriginal();
  }

  @Test
  void lazilyLeavingJumpIsLeftAloneByOptimizingOff() {
    restart(true);
    ProbeHandle disabled = optimized(BASE);
    disabled.disable();
    kprobes.setOptimizing(false);
    assertThat(disabled.state()).as("the switch is for all, at once").isEqualTo(DISABLED);
    disabled.enable();
    kprobes.runOptimizer();

    assertThat(disabled.tier()).contains(BOOSTED);
  }

  @Test
  void closingWhileDisarmedLeavesNothing() {
    optimized(BASE);
    kprobes.disarmAll();
    kprobes.close();

    assertTextIsOriginal();
    assertThat(kprobes.isArmed()).isFalse();
    kprobes.armAll();
    assertTextIsOriginal();
  }
}
