package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.text.TextException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who runs the optimizer, and when. */
class OptimizerScheduleTest extends StraightCodeTest {
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

  @Test
  void isWokenAfterAFailureForAJumpThatCouldNotBePutBackAtOnce() throws Exception {
    ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    try {
      kprobes.close();
      start(builder -> builder.optimizer(executor, Duration.ZERO));
      ProbeHandle jump = probe(BASE + 4);
      awaitOptimized(jump);
      List<Tier> afterTheFailure = new ArrayList<>();
      kprobes.register(
          Kprobe.at(at(BASE + 3))
              .upTo(BOOSTED)
              .onHit(r -> afterTheFailure.add(tierAfterClosingInVain(jump)))
              .build());

      machine.reset(BASE);
      machine.run();

      assertThat(machine.state()).isEqualTo(unprobed);
      assertThat(afterTheFailure).containsExactly(BOOSTED);
      awaitOptimized(jump);
      kprobes.close();
    } finally {
      executor.shutdownNow();
      assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Out of the jump is possible, out of the breakpoint not; and this trap is too near to jump. */
  private Tier tierAfterClosingInVain(ProbeHandle jump) {
    int stepsOutOfTheJump = 4;
    faulty.failAfter(stepsOutOfTheJump, false);
    assertThatExceptionOfType(TextException.class).isThrownBy(jump::close);
    faulty.heal();
    return jump.tier().orElseThrow();
  }
}
