package io.github.optprobe.internal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one lock of a registry. Fair, so that the optimizer, which takes it once for each batch, lets
 * others in between. Hits never take it.
 */
final class RegistryLock {
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();

  <T extends @Nullable Object> T locked(Supplier<T> operation) {
    lock.lock();
    try {
      return operation.get();
    } finally {
      lock.unlock();
    }
  }

  void run(Runnable operation) {
    lock.lock();
    try {
      operation.run();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes those who wait for the optimizer. Called with the lock held. */
  void signalChange() {
    changed.signalAll();
  }

  /** Waits, with the lock released, for a change or for the time to pass; returns what is left. */
  @SuppressWarnings("WaitNotInLoop") // The caller looks again, whatever woke it.
  long awaitChange(long nanos) throws InterruptedException {
    lock.lock();
    try {
      return changed.awaitNanos(nanos);
    } finally {
      lock.unlock();
    }
  }
}
