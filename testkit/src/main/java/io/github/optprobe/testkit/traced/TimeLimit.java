package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.ptrace.PtraceException;
import io.github.optprobe.testkit.ptrace.Tracee;
import java.time.Duration;

/**
 * Stops a child that runs for too long, by a signal that never reaches it. A thread of its own
 * looks now and then; it also hands on the wish of others that the child stop for a moment.
 */
final class TimeLimit implements AutoCloseable {
  /** SIGALRM: nothing in the child raises it, and a tracer sees it in place of the child. */
  static final int SIGNAL = 14;

  private static final long LOOK_EVERY_MILLIS = 20;

  private final Tracee tracee;
  private final long limitNanos;
  private final Thread thread = new Thread(this::watch, "optprobe-traced-time-limit");
  private volatile long startedAt;
  private volatile boolean running;
  private boolean closed;

  TimeLimit(Tracee tracee, Duration limit) {
    this.tracee = tracee;
    limitNanos = limit.toNanos();
    thread.setDaemon(true);
    thread.start();
  }

  /** The child is about to run. */
  void begin() {
    startedAt = System.nanoTime();
    running = true;
  }

  /** The child has stopped. */
  void end() {
    running = false;
  }

  boolean isRunning() {
    return running;
  }

  boolean isExpired() {
    return System.nanoTime() - startedAt > limitNanos;
  }

  /** Stops the child if it runs, whatever the time. */
  synchronized void interrupt() {
    if (!closed && running) {
      signal();
    }
  }

  /** Once it returns, no signal is sent any more: the number may be another process's soon. */
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
    if (!closed && running && isExpired()) {
      signal();
    }
    return !closed;
  }

  private void signal() {
    try {
      tracee.signal(SIGNAL);
    } catch (PtraceException gone) {
      // The thread that waits for the child sees that itself.
      closed = closed || gone.errno() == PtraceException.ESRCH;
    }
  }
}
