package io.github.optprobe.testkit.fuzz;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a shard in strides, and between them tells, saves and asks whether to stop.
 *
 * @param shard which part
 * @param total of how many cases
 * @param file where to save; null if nowhere
 * @param progress who is told
 * @param stop who is asked
 */
record Pace(
    Shard shard,
    long total,
    @Nullable StateFile file,
    FuzzProgress progress,
    BooleanSupplier stop) {
  /** Strides double up to this: oracles that execute are slow, and whoever stops does not wait. */
  private static final int LONGEST = 4096;

  private static final int FIRST = 64;
  private static final long TELL_NANOS = 250_000_000;
  private static final long SAVE_NANOS = 5_000_000_000L;

  /** Whether the shard is complete now. */
  boolean run(CaseLoop loop, Counts counts) {
    long to = shard.to(total);
    long start = System.nanoTime();
    long before = counts.next;
    long told = start;
    long saved = start;
    long now = start;
    int stride = FIRST;
    while (counts.next < to && !stop.getAsBoolean()) {
      long began = now;
      loop.run(Math.min(to, counts.next + stride));
      now = System.nanoTime();
      stride = now - began < TELL_NANOS / 2 ? Math.min(LONGEST, 2 * stride) : stride;
      if (now - told > TELL_NANOS) {
        told = now;
        tell(counts, (counts.next - before) * 1e9 / (now - start));
      }
      if (now - saved > SAVE_NANOS) {
        saved = now;
        save(counts);
      }
    }
    save(counts);
    tell(counts, (counts.next - before) * 1e9 / Math.max(1, System.nanoTime() - start));
    return counts.next >= to;
  }

  private void tell(Counts counts, double rate) {
    long from = shard.from(total);
    progress.update(counts.next - from, shard.to(total) - from, rate, counts.bins.size());
  }

  private void save(Counts counts) {
    if (file != null) {
      file.save(counts);
    }
  }
}
