package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static io.github.optprobe.Tier.SINGLE_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a probe becomes a jump, and when it stops being one. */
class OptimizerTest extends ToyTest {

  /** Straight code of one byte per instruction, so that windows overlap at every distance. */
  @BeforeEach
  void program() {
    for (int i = 0; i < 12; i++) {
      asm.op(ToyOp.NOP).op(i % 2 == 0 ? ToyOp.INX : ToyOp.NOP);
    }
    asm.op(ToyOp.ADD, 3).op(ToyOp.HLT);
    start();
  }

  @Test
  void breakpointFirstThenJump() {
    ProbeHandle handle = probe(BASE);

    assertThat(byteAt(BASE)).isEqualTo("cc");
    assertThat(handle.tier()).contains(BOOSTED);
    assertThat(handle.whyNotOptimized()).isEmpty();
    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(1, 0, 0, 0));
    assertThat(byteAt(BASE)).isEqualTo("07");
    assertThat(handle.tier()).contains(OPTIMIZED);
    assertThat(events).containsExactly("optimized 4000");
    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(0, 0, 0, 0));
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
    return (low.kprobe().address().value() - BASE) % 4 == 1 ? Tier.EMULATED : BOOSTED;
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

  @Test
  void waitsWhileACpuStandsInTheWindow() {
    ProbeHandle handle = probe(BASE + 4);
    machine.reset(BASE);
    machine.runUntil(pc -> pc == BASE + 5);

    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(0, 1, 0, 0));
    assertThat(byteAt(BASE + 4)).isEqualTo("cc");
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void doesNotWaitForACpuAtTheFirstInstruction() {
    probe(BASE + 4);
    machine.reset(BASE);
    machine.runUntil(pc -> pc == BASE + 4);

    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SINGLE_STEP", "BOOSTED"})
  void waitsWhileACpuInTheCopyWillReturnIntoTheWindow(Tier tier) {
    ProbeHandle slow = probe(BASE + 4, tier);
    ProbeHandle handle = probe(BASE + 4);
    machine.reset(BASE);
    assertThat(machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent())).isTrue();
    slow.close();

    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void waitsWhileACpuInTheCopyOfARemovedProbeWillReturnIntoTheWindow() {
    ProbeHandle outer = probe(BASE + 4);
    ProbeHandle inner = probe(BASE + 5, SINGLE_STEP);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).orElse(0) == BASE + 5);
    inner.close();

    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);
    assertThat(outer.tier()).contains(BOOSTED);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
  }

  @Test
  void waitsWhileACpuInAnothersBufferWillReturnIntoTheWindow() {
    optimized(BASE + 4);
    machine.reset(BASE);
    assertThat(machine.runUntil(pc -> kprobes.originalAddress(pc).isPresent())).isTrue();
    // Its window ends behind 6; that of 5 holds 7.
    ProbeHandle overlapping = probe(BASE + 5);

    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    kprobes.runOptimizer();
    assertThat(overlapping.tier()).contains(OPTIMIZED);
  }

  @Test
  void waitsWhileAHandlerRunsThatWillReturnThroughTheCopy() {
    List<OptimizerPass> passes = new ArrayList<>();
    ProbeHandle handle =
        kprobes.register(
            Kprobe.at(at(BASE + 4)).onHit(r -> passes.add(kprobes.runOptimizer())).build());
    assertTransparent();

    assertThat(passes).containsExactly(new OptimizerPass(0, 1, 0, 0));
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  void hitWhileTheJumpIsBeingWrittenGoesThroughTheBuffer() {
    ProbeHandle handle = probe(BASE + 4);
    ToyMachine other = text.newMachine();
    other.attach(kprobes.newCpu(other.memory()));
    // Between tail and head: the second step of the poke is its first synchronisation.
    List<String> seen = new ArrayList<>();
    faulty.before(
        2,
        () -> {
          other.reset(BASE);
          other.runUntil(pc -> kprobes.originalAddress(pc).isPresent());
          seen.add("%x".formatted(kprobes.originalAddress(other.programCounter()).orElse(0)));
        });
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    other.run();

    assertThat(seen).containsExactly("4004");
    assertThat(other.state()).isEqualTo(unprobed);
    assertThat(other.traps()).isEqualTo(1);
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void slotIsFreedOnlyWhenNoCpuIsInIt() {
    ProbeHandle handle = probe(BASE + 4, BOOSTED);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    handle.close();

    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isEqualTo(1);
    assertThat(kprobes.runOptimizer().freed()).isZero();
    assertThat(kprobes.originalAddress(machine.programCounter())).hasValue(BASE + 4);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(kprobes.runOptimizer().freed()).isEqualTo(1);
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void bufferIsFreedOnlyWhenNoCpuIsInItOrInTheGate() {
    List<Integer> live = new ArrayList<>();
    ProbeHandle[] handle = new ProbeHandle[1];
    handle[0] =
        kprobes.register(
            Kprobe.at(at(BASE + 4))
                .onHit(
                    r -> {
                      handle[0].close();
                      live.add(kprobes.liveSlots());
                      kprobes.runOptimizer();
                      live.add(kprobes.liveSlots());
                    })
                .build());
    kprobes.runOptimizer();
    assertTransparent();

    assertThat(live).containsExactly(2, 2);
    assertThat(kprobes.runOptimizer().freed()).isEqualTo(2);
  }

  @Test
  void handlerMayUnregisterItsOwnProbeInATrap() {
    ProbeHandle[] handle = new ProbeHandle[1];
    handle[0] =
        kprobes.register(
            Kprobe.at(at(BASE + 4)).upTo(BOOSTED).onHit(r -> handle[0].close()).build());

    assertTransparent();
    assertTextIsOriginal();
    assertThat(handle[0].hits()).isEqualTo(1);
  }

  @Test
  void optimizerThreadOptimizesByItself() throws InterruptedException {
    kprobes.close();
    start(builder -> builder.optimizerThread(Duration.ofMillis(1)));
    ProbeHandle one = probe(BASE);
    ProbeHandle two = probe(BASE + 8);
    awaitOptimized(one);
    awaitOptimized(two);
    assertTransparent();
    one.close();
    one = probe(BASE);
    awaitOptimized(one);
  }

  private static void awaitOptimized(ProbeHandle handle) throws InterruptedException {
    for (int i = 0; i < 5000 && !handle.tier().equals(java.util.Optional.of(OPTIMIZED)); i++) {
      Thread.sleep(1);
    }
    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void optimizerThreadEndsWithTheRegistryAlsoWithWorkLeft() {
    kprobes.close();
    start(builder -> builder.optimizerThread(Duration.ofHours(1)));
    List<ProbeHandle> handles = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      handles.add(probe(BASE + 4L * i));
    }
    handles.get(0).disable();
    kprobes.close();

    assertTextIsOriginal();
    assertThat(handles).noneMatch(ProbeHandle::isRegistered);
  }

  @Test
  void closingWithAnIdleOptimizerThreadAndQueuedNeighbours() throws InterruptedException {
    kprobes.close();
    start(builder -> builder.optimizerThread(Duration.ZERO));
    // Closing removes the inner one second and the outer one first; between them work comes up.
    ProbeHandle inner = probe(BASE + 5);
    probe(BASE + 4);
    awaitOptimized(inner);
    ProbeHandle last = probe(BASE + 6);
    awaitOptimized(last);
    kprobes.close();

    assertTextIsOriginal();
  }

  @Test
  void executorStaysTheCallers() throws Exception {
    ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    try {
      kprobes.close();
      start(builder -> builder.optimizer(executor, Duration.ZERO));
      awaitOptimized(probe(BASE));
      kprobes.close();
      assertThat(executor.isShutdown()).isFalse();
    } finally {
      executor.shutdownNow();
      assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void executorThatWasShutDownCostsTheJumpsOnly() {
    ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    executor.shutdownNow();
    kprobes.close();
    start(builder -> builder.optimizer(executor, Duration.ZERO));
    ProbeHandle handle = probe(BASE);

    assertThat(handle.tier()).contains(BOOSTED);
    assertTransparent();
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
  }

  @Test
  void oneTaskIsScheduledForManyProbesAndNoneWhenThereIsNoWork() {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    try {
      kprobes.close();
      start(builder -> builder.optimizer(executor, Duration.ofHours(1)));
      probe(BASE, BOOSTED);
      assertThat(executor.getQueue()).isEmpty();
      probe(BASE + 4);
      probe(BASE + 8);
      assertThat(executor.getQueue()).hasSize(1);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void freesSlotsByItselfOnceTheCpuHasLeft() throws InterruptedException {
    kprobes.close();
    start(builder -> builder.optimizerThread(Duration.ofMillis(1)));
    ProbeHandle handle = probe(BASE + 4, BOOSTED);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    handle.close();
    Thread.sleep(20);
    assertThat(kprobes.liveSlots()).isEqualTo(1);
    machine.run();
    for (int i = 0; i < 5000 && kprobes.liveSlots() > 0; i++) {
      Thread.sleep(1);
    }
    assertThat(kprobes.liveSlots()).isZero();
  }
}
