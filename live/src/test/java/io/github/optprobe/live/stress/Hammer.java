package io.github.optprobe.live.stress;

import io.github.optprobe.live.memory.DataBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that call functions all the time, from machine code, while two others make garbage and
 * have it collected.
 */
final class Hammer {
  private static final int GARBAGE_BYTES = 64 << 10;

  /** Between collections, or nothing else would run. */
  private static final long PAUSE = 50_000_000;

  private static final long GARBAGE_PAUSE = 100_000;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final LongAdder calls = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder collections = new LongAdder();
  private final List<Thread> threads = new ArrayList<>();
  private final DataBlock table;
  private volatile Object garbage = new Object();

  /**
   * Starts it.
   *
   * @param callsAtOnce how many functions are called from one call of machine code
   */
  Hammer(StressLibrary library, Shape shape, int threadCount, long callsAtOnce) {
    table = library.table(shape);
    for (int i = 0; i < threadCount; i++) {
      start("hammer-" + i, () -> hammer(library, callsAtOnce));
    }
    start("garbage", this::makeGarbage);
    start("collector", this::collect);
  }

  private void start(String name, Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              while (!stop.get()) {
                work.run();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  private void hammer(StressLibrary library, long callsAtOnce) {
    wrong.add(library.drive(table, callsAtOnce));
    calls.add(callsAtOnce);
  }

  private void makeGarbage() {
    garbage = new byte[GARBAGE_BYTES];
    LockSupport.parkNanos(GARBAGE_PAUSE);
  }

  private void collect() {
    LockSupport.parkNanos(PAUSE);
    System.gc();
    collections.increment();
  }

  long calls() {
    return calls.sum();
  }

  long wrong() {
    return wrong.sum();
  }

  long collections() {
    return collections.sum();
  }

  /** The last garbage, so that it is made. */
  Object garbage() {
    return garbage;
  }

  /** Waits until all threads have ended. */
  void close() throws InterruptedException {
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    table.free();
  }
}
