package io.github.optprobe.examples.command;

/** Tells of a sweep while it goes on. */
interface SweepReport extends AutoCloseable {

  /** A file is done; in the order in which they were given. */
  void file(SweepResult result);

  /** All files are done. */
  void end(SweepTotals totals);

  @Override
  void close();
}
