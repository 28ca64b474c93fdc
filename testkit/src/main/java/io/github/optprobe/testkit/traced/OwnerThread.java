package io.github.optprobe.testkit.traced;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that traces a child: the kernel takes requests from no other. What is asked for on
 * another thread is done here while that thread waits; what is asked for here is done at once.
 */
final class OwnerThread implements AutoCloseable {
  private final ExecutorService executor = Executors.newSingleThreadExecutor(this::newThread);
  private volatile @Nullable Thread thread;

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Does something here and gives its result, or throws what it throws. */
  <T> T call(Supplier<T> work) {
    return isCurrent() ? work.get() : await(submit(work));
  }

  private <T> Future<T> submit(Supplier<T> work) {
    try {
      return executor.submit(work::get);
    } catch (RejectedExecutionException closed) {
      throw new IllegalStateException("the machine is closed", closed);
    }
  }

  @Override
  public void close() {
    executor.shutdown();
  }

  private Thread newThread(Runnable work) {
    Thread created = new Thread(work, "optprobe-traced");
    created.setDaemon(true);
    thread = created;
    return created;
  }

  /** Work on a child is never given up half-way: an interrupt waits until it is done. */
  private static <T> T await(Future<T> result) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      throw rethrown(failure.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    // Suppliers throw nothing else.
    return cause instanceof RuntimeException exception
        ? exception
        : new IllegalStateException(cause);
  }
}
