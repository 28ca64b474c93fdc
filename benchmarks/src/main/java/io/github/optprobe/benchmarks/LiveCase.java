package io.github.optprobe.benchmarks;

import io.github.optprobe.Kprobes;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One of the ways to make a call that are compared.
 *
 * @param name what the report calls it
 * @param calls makes so many calls; the result depends on their number only
 * @param probe what is registered meanwhile
 * @param tier what that probe has to be
 * @param most how many calls a batch has at most
 * @param after what has to be done after each batch, outside the time
 */
record LiveCase(
    String name, Calls calls, Optional<Probe> probe, Tier tier, long most, Runnable after) {
  private static final long MOST = 1 << 20;

  /** On a machine with more work than CPUs some thread may answer late where it stands. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Calls in machine code. */
  @FunctionalInterface
  interface Calls {
    /** Makes so many; returns what they return in all. */
    long make(long times);
  }

  /** A case without a probe. */
  static LiveCase plain(String name, Calls calls) {
    return new LiveCase(name, calls, Optional.empty(), Tier.OPTIMIZED, MOST, () -> {});
  }

  /** A case with a probe. */
  static LiveCase probed(String name, Calls calls, Probe probe, Tier tier) {
    return new LiveCase(name, calls, Optional.of(probe), tier, MOST, () -> {});
  }

  /** The same in batches of so many calls at most, with something to be done after each. */
  LiveCase inBatches(long calls, Runnable work) {
    return new LiveCase(name, this.calls, probe, tier, calls, work);
  }

  /**
   * Makes a batch of calls, a tenth of it before to warm the CPU up.
   *
   * @param expected what they have to return in all
   * @return nanoseconds per call
   * @throws IllegalStateException if the function returned something else, a hit is missing, or the
   *     probe is not what it has to be: there is nothing to be measured then
   */
  double measure(Kprobes kprobes, long times, long expected) throws InterruptedException {
    if (probe.isEmpty()) {
      return time(times, expected);
    }
    ProbeHandle handle = kprobes.registerAll(List.of(probe.get())).get(0);
    try {
      boolean done = kprobes.awaitOptimizer(PATIENCE);
      if (!done || !handle.tier().equals(Optional.of(tier))) {
        throw new IllegalStateException(
            "%s: %s %s".formatted(name, handle.tier(), handle.whyNotOptimized()));
      }
      return timeHits(handle, times, expected);
    } finally {
      handle.close();
      // Frees what the probe left behind.
      kprobes.runOptimizer();
    }
  }

  private double timeHits(ProbeHandle handle, long times, long expected) {
    long before = handle.hits();
    calls.make(times / 10);
    double nanos = time(times, expected);
    long hits = handle.hits() - before;
    if (hits != times + times / 10 || handle.nmissed() != 0) {
      throw new IllegalStateException(
          "%s: %d hits of %d, %d missed"
              .formatted(name, hits, times + times / 10, handle.nmissed()));
    }
    return nanos;
  }

  private double time(long times, long expected) {
    long start = System.nanoTime();
    long result = calls.make(times);
    double nanos = System.nanoTime() - start;
    if (result != expected) {
      throw new IllegalStateException(
          "%s: the calls returned %d in all, not %d".formatted(name, result, expected));
    }
    after.run();
    return nanos / times;
  }
}
