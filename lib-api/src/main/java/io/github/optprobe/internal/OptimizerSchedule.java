package io.github.optprobe.internal;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Has the optimizer run a while after there is work for it, so that one pass serves many probes.
 * Does nothing where it is run by hand. Thread-safe.
 */
final class OptimizerSchedule {
  private static final System.Logger LOG = System.getLogger("io.github.optprobe");

  private static final Duration LEAST_RETRY_DELAY = Duration.ofMillis(1);

  private final @Nullable ScheduledExecutorService executor;
  private final boolean ownsExecutor;
  private final Duration delay;
  private final AtomicBoolean pending = new AtomicBoolean();
  private volatile boolean closed;

  OptimizerSchedule(Settings settings) {
    executor = settings.executor();
    ownsExecutor = settings.ownsExecutor();
    delay = settings.delay();
  }

  /** Whether nothing runs the optimizer but its users. */
  boolean isByHand() {
    return executor == null || closed;
  }

  /** There is work: makes sure that {@code pass} runs after the delay. */
  void kick(Runnable pass) {
    kick(pass, delay);
  }

  /** A pass left work undone, because a CPU is in the way: tries again, but not in a busy loop. */
  void kickAgain(Runnable pass) {
    kick(pass, delay.compareTo(LEAST_RETRY_DELAY) < 0 ? LEAST_RETRY_DELAY : delay);
  }

  private void kick(Runnable pass, Duration after) {
    if (executor != null && !closed && pending.compareAndSet(false, true)) {
      schedule(executor, pass, after);
    }
  }

  private void schedule(ScheduledExecutorService on, Runnable pass, Duration after) {
    try {
      // run() reports what fails, so that nothing is left to ask the future for.
      var unused = on.schedule(() -> run(pass), after.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException shutDown) {
      // The probe that caused this is registered and works; only nobody will optimize it.
      pending.set(false);
      LOG.log(System.Logger.Level.WARNING, "the optimizer's executor takes no work", shutDown);
    }
  }

  private void run(Runnable pass) {
    pending.set(false);
    try {
      pass.run();
    } catch (RuntimeException | Error failure) {
      // An executor would keep it in a future that nobody asks.
      LOG.log(System.Logger.Level.ERROR, "the optimizer failed", failure);
      throw failure;
    }
  }

  void close() {
    closed = true;
    if (executor != null && ownsExecutor) {
      executor.shutdownNow();
    }
  }
}
