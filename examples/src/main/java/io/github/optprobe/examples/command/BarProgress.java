package io.github.optprobe.examples.command;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with rate and time left, on one line of a terminal, which is wiped in the end. */
final class BarProgress implements Progress {
  private static final int WIDTH = 99;
  private static final int TICK_MILLIS = 250;

  private final ProgressBar bar;
  private final PrintWriter err;

  BarProgress(String task, long total, PrintWriter err) {
    this(task, total, Unit.KIB, err);
  }

  BarProgress(String task, long total, Unit unit, PrintWriter err) {
    this.err = err;
    // The consumer is ours, so that the library need not look for a terminal itself.
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setUnit(" " + unit.name(), unit.size())
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(TICK_MILLIS)
            .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH));
    bar = (unit.rated() ? builder.showSpeed() : builder).build();
  }

  private synchronized void draw(String line) {
    err.print("\r" + line);
    err.flush();
  }

  private void wipe() {
    err.print("\r" + " ".repeat(WIDTH) + "\r");
    err.flush();
  }

  /** The bar is drawn again below what is written. */
  @Override
  public synchronized void aside(Runnable writing) {
    wipe();
    writing.run();
  }

  @Override
  public void advance(long work) {
    bar.stepBy(work);
  }

  @Override
  public void now(String what) {
    bar.setExtraMessage(" " + Printable.cut(what, 20));
  }

  @Override
  public void close() {
    bar.close();
    wipe();
  }
}
