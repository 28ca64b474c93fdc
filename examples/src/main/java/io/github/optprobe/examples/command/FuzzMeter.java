package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.FuzzProgress;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Adds up how far the jobs of an order are. Thread-safe. */
final class FuzzMeter {
  private static final long NANOS = 1_000_000_000;

  private final Progress progress;
  private final boolean timed;
  private final LongSupplier clock;
  private final long start;
  private final long[] done;
  private final double[] rates;
  private final int[] bins;
  private long seconds;

  /**
   * Creates one.
   *
   * @param timed whether the work is measured in seconds, not in cases
   * @param clock nanoseconds
   */
  FuzzMeter(Progress progress, int jobs, boolean timed, LongSupplier clock) {
    this.progress = progress;
    this.timed = timed;
    this.clock = clock;
    start = clock.getAsLong();
    done = new long[jobs];
    rates = new double[jobs];
    bins = new int[jobs];
  }

  /** Who is told by a job, from 0 on. */
  FuzzProgress of(int job) {
    return (cases, total, rate, found) -> update(job, cases, rate, found);
  }

  private synchronized void update(int job, long cases, double rate, int found) {
    long more = cases - done[job];
    done[job] = cases;
    rates[job] = rate;
    bins[job] = found;
    progress.now(said());
    progress.advance(timed ? passed() : more);
  }

  private String said() {
    // Jobs meet the same bins: all of them together are more than there are.
    String most = Arrays.stream(bins).max().orElse(0) + " bins";
    return timed
        ? String.format(Locale.ROOT, "%,.0f/s, %s", Arrays.stream(rates).sum(), most)
        : most;
  }

  private long passed() {
    long now = (clock.getAsLong() - start) / NANOS;
    long more = now - seconds;
    seconds = now;
    return more;
  }
}
