package io.github.optprobe.examples.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the process is to end, by Ctrl-C for example, and holds it until the work that is
 * under way has been put away. Thread-safe.
 */
final class StopSignal implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Runnable whenAsked;
  private final Thread hook = new Thread(this::hold, "optprobe-stop");
  private volatile boolean asked;

  /**
   * Creates one and waits for the signal.
   *
   * @param whenAsked is run by another thread then
   */
  StopSignal(Runnable whenAsked) {
    this.whenAsked = whenAsked;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the process is to end. */
  boolean isAsked() {
    return asked;
  }

  /** Asks, and waits until this is closed. */
  void hold() {
    asked = true;
    whenAsked.run();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("what was under way did not end in time");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work is put away: the process may end. */
  @Override
  public void close() {
    done.countDown();
    if (!asked) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
