package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the engine to one thread at a time. A thread that wants to patch text while the guest is
 * running stops the guest for that moment, as an endless loop would keep it waiting for ever.
 */
final class EngineLock {
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Engine engine;
  private volatile boolean stopRequested;

  EngineLock(Engine engine) {
    this.engine = engine;
  }

  /** For the run loop. */
  void enterToRun() {
    lock.lock();
  }

  /** For everybody else. */
  void enter() {
    if (lock.tryLock()) {
      return;
    }
    // Fair, and asked for again: a stop that comes just before the guest starts is lost.
    try {
      while (!lock.tryLock(1, TimeUnit.MILLISECONDS)) {
        stopRequested = true;
        engine.stop();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      lock.lock();
    }
  }

  /**
   * Whether somebody has stopped the guest since this was asked last. A request that is forgotten
   * before the guest starts is made again.
   */
  boolean takeStopRequest() {
    boolean requested = stopRequested;
    stopRequested = false;
    return requested;
  }

  void leave() {
    lock.unlock();
  }

  /** Whether another thread is inside. */
  boolean isTakenByAnother() {
    return lock.isLocked() && !lock.isHeldByCurrentThread();
  }
}
