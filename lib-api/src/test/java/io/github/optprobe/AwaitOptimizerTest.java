package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Waiting until nothing waits for the optimizer any more. */
class AwaitOptimizerTest extends StraightCodeTest {
  private static final Duration SHORT = Duration.ofMillis(5);
  private static final Duration LONG = Duration.ofMinutes(1);

  private void standInTheWindow() {
    machine.reset(BASE);
    machine.runUntil(pc -> pc == BASE + 5);
  }

  @Test
  void isTrueAtOnceWhenNothingWaits() throws Exception {
    assertThat(kprobes.awaitOptimizer(Duration.ZERO)).isTrue();
    assertThat(kprobes.awaitOptimizer(Duration.ofSeconds(-1))).isTrue();
    probe(BASE, BOOSTED);
    assertThat(kprobes.awaitOptimizer(Duration.ZERO)).isTrue();
  }

  @Test
  void runsTheOptimizerWhereNobodyElseDoes() throws Exception {
    ProbeHandle handle = probe(BASE + 4);

    assertThat(kprobes.awaitOptimizer(Duration.ZERO)).isTrue();
    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void doesNotWaitForTheDelayOfTheOptimizersThread() throws Exception {
    kprobes.close();
    start(builder -> builder.optimizerThread(Duration.ofHours(1)));
    ProbeHandle handle = probe(BASE + 4);

    assertThat(kprobes.awaitOptimizer(LONG)).isTrue();
    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void restoresWhatLeavesLazily() throws Exception {
    kprobes.close();
    start(Kprobes.Builder::lazyUnoptimize);
    optimized(BASE + 4).close();

    assertThat(kprobes.awaitOptimizer(LONG)).isTrue();
    assertTextIsOriginal();
  }

  @Test
  void givesUpWhileACpuStandsInAWindow() throws Exception {
    ProbeHandle handle = probe(BASE + 4);
    standInTheWindow();

    assertThat(kprobes.awaitOptimizer(SHORT)).isFalse();
    assertThat(kprobes.awaitOptimizer(Duration.ofSeconds(-1))).isFalse();
    assertThat(handle.tier()).contains(BOOSTED);
    machine.run();
    assertThat(kprobes.awaitOptimizer(SHORT)).isTrue();
    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void goesOnOnceTheCpuHasLeftTheWindow() throws Exception {
    probe(BASE + 4);
    standInTheWindow();
    CompletableFuture<Boolean> waiting = await(kprobes, ChronoUnit.FOREVER.getDuration());
    machine.run();

    assertThat(waiting.get(1, TimeUnit.MINUTES)).isTrue();
    assertThat(kprobes.counters().optimized()).isEqualTo(1);
  }

  private static CompletableFuture<Boolean> await(Kprobes registry, Duration atMost) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return registry.awaitOptimizer(atMost);
          } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
          }
        });
  }

  @Test
  void canBeInterrupted() {
    probe(BASE + 4);
    standInTheWindow();
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> kprobes.awaitOptimizer(LONG));
    assertThat(Thread.interrupted()).as("as is the custom").isFalse();
    machine.run();
  }

  @Test
  void doesNotWaitForSlotsToBeFreed() throws Exception {
    ProbeHandle handle = probe(BASE + 4, BOOSTED);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    handle.close();

    assertThat(kprobes.awaitOptimizer(Duration.ZERO)).isTrue();
    assertThat(kprobes.counters().freeing()).isEqualTo(1);
    machine.run();
  }

  @Test
  void saysSoWhenTextCanNotBeRestored() throws Exception {
    kprobes.close();
    start(Kprobes.Builder::lazyUnoptimize);
    optimized(BASE + 4).close();
    faulty.failFrom(0);

    assertThat(kprobes.awaitOptimizer(SHORT)).isFalse();
    assertThat(kprobes.counters().unoptimizing()).isEqualTo(1);
    faulty.heal();
    assertThat(kprobes.awaitOptimizer(SHORT)).isTrue();
    assertTextIsOriginal();
  }

  @Test
  void doesNotWaitForAJumpThatCouldNotBeWritten() throws Exception {
    ProbeHandle handle = probe(BASE + 4);
    faulty.failAfter(0, false);

    assertThat(kprobes.awaitOptimizer(LONG)).isTrue();
    assertThat(handle.whyNotOptimized().orElseThrow().code()).isEqualTo("STORE_FAILED");
  }
}
