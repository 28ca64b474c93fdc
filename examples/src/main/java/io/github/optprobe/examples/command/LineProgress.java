package io.github.optprobe.examples.command;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line now and then, for logs. Work that is done before the first one is due says nothing. */
final class LineProgress implements Progress {
  private static final long INTERVAL_NANOS = 10_000_000_000L;
  private static final double NANOS = 1e9;

  private final String task;
  private final long total;
  private final Unit unit;
  private final PrintWriter err;
  private final LongSupplier clock;
  private final long start;
  private long due;
  private long done;
  private String what = "";

  /**
   * Creates one.
   *
   * @param total how much there is to do, in bytes
   * @param clock nanoseconds
   */
  LineProgress(String task, long total, PrintWriter err, LongSupplier clock) {
    this(task, total, Unit.KIB, err, clock);
  }

  LineProgress(String task, long total, Unit unit, PrintWriter err, LongSupplier clock) {
    this.task = task;
    this.total = total;
    this.unit = unit;
    this.err = err;
    this.clock = clock;
    start = clock.getAsLong();
    due = start + INTERVAL_NANOS;
  }

  @Override
  public synchronized void advance(long work) {
    done += work;
    long now = clock.getAsLong();
    if (now - due >= 0) {
      due = now + INTERVAL_NANOS;
      print(now - start);
    }
  }

  @Override
  public synchronized void now(String newWhat) {
    what = Printable.cut(newWhat, 40);
  }

  private void print(long nanos) {
    double rate = done / (nanos / NANOS);
    double left = rate > 0 ? Math.max(0, total - done) / rate : 0;
    err.printf(
        Locale.ROOT,
        "%s: %.0f %% of %,d %s, %sabout %,.0f s left, at %s%n",
        task,
        total == 0 ? 100.0 : Math.floor(100.0 * done / total),
        total / unit.size(),
        unit.name(),
        unit.rated()
            ? String.format(Locale.ROOT, "%,.0f %s/s, ", rate / unit.size(), unit.name())
            : "",
        left,
        what);
    err.flush();
  }

  @Override
  public void close() {}
}
