package io.github.optprobe.examples.command;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/**
 * Tells a user who waits how far the work is. Never on standard output, which is for the answer.
 * Thread-safe.
 */
interface Progress extends AutoCloseable {

  /** More of the work is done. */
  void advance(long work);

  /** What is worked on now, a few words. */
  void now(String what);

  /** Runs what writes a part of the answer, which may be on the same terminal. */
  default void aside(Runnable writing) {
    writing.run();
  }

  @Override
  void close();

  /**
   * What work is counted in.
   *
   * @param name behind a number
   * @param size how much of the work is one
   * @param rated whether it says something how many there are in a second
   */
  record Unit(String name, int size, boolean rated) {
    /** Bytes, shown in KiB. */
    static final Unit KIB = new Unit("KiB", 1024, true);

    /** Cases of a campaign. */
    static final Unit CASES = new Unit("cases", 1, true);

    /** Seconds. */
    static final Unit SECONDS = new Unit("s", 1, false);
  }

  /** As below, of work that is counted in bytes of files. */
  static Progress of(String task, long total, boolean silent, PrintWriter err) {
    return of(task, total, Unit.KIB, silent, err);
  }

  /**
   * A bar on a terminal, lines at intervals elsewhere, nothing if the output is for a machine.
   *
   * @param task what is done, one word
   * @param total how much there is to do
   * @param unit what it is shown in
   * @param silent whether the output is for a machine
   */
  static Progress of(String task, long total, Unit unit, boolean silent, PrintWriter err) {
    LongSupplier clock = System::nanoTime;
    if (silent) {
      return new SilentProgress();
    }
    return Terminal.isOnStandardError()
        ? new BarProgress(task, total, unit, err)
        : new LineProgress(task, total, unit, err, clock);
  }
}
