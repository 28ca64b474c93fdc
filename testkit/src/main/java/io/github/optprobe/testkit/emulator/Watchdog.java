package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import java.time.Duration;

/**
 * Stops a guest that runs for too long. A thread of its own looks now and then: the emulator's own
 * limits would cost a thread, or an instruction count, for each run.
 */
final class Watchdog implements AutoCloseable {
  private static final long LOOK_EVERY_MILLIS = 10;

  private final Engine engine;
  private final long limitNanos;
  private final Thread thread = new Thread(this::watch, "optprobe-emulator-watchdog");
  private volatile long startedAt;
  private volatile boolean watching;
  private boolean closed;

  Watchdog(Engine engine, Duration limit) {
    this.engine = engine;
    limitNanos = limit.toNanos();
    thread.setDaemon(true);
    thread.start();
  }

  /** The outermost run begins. */
  void start() {
    startedAt = System.nanoTime();
    watching = true;
  }

  /** The outermost run has ended. */
  void stop() {
    watching = false;
  }

  boolean isExpired() {
    return watching && System.nanoTime() - startedAt > limitNanos;
  }

  /** Once it returns, the engine is not touched any more. */
  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
  }

  private void watch() {
    while (look()) {
      try {
        Thread.sleep(LOOK_EVERY_MILLIS);
      } catch (InterruptedException closing) {
        return;
      }
    }
  }

  private synchronized boolean look() {
    if (!closed && isExpired()) {
      engine.stop();
    }
    return !closed;
  }
}
