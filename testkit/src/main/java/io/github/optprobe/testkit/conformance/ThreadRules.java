package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** What is asked where one thread writes and others read. */
final class ThreadRules {
  private static final int STORES = 4_000;
  private static final int SIZE = 16;

  private ThreadRules() {}

  /** One thread stores; the code behind is read meanwhile, and must be what it was. */
  static void othersReadWhatIsNotWritten(TextUnderTest under) {
    byte[] steady = new byte[SIZE];
    Arrays.fill(steady, (byte) 0x3C);
    long behind = under.start() + 2 * SIZE;
    under.text().write(behind, steady);
    under.text().synchronizeCpus();
    whileStoring(
        under, () -> Claims.sameBytes(steady, under.text().readFully(behind, SIZE), "not written"));
  }

  /** What the answer is, is up to the text: whoever writes may count as being everywhere. */
  static void othersAskWhoStandsWhere(TextUnderTest under) {
    AddressRange range = under.mapped();
    AtomicBoolean answer = new AtomicBoolean();
    whileStoring(under, () -> answer.set(under.text().isQuiescent(range)));
  }

  /** Each store is of one value in all its bytes: so must be what is read. */
  static void othersReadStoresWhole(TextUnderTest under) {
    int width = under.text().atomicStoreBytes();
    byte[] zero = new byte[width];
    under.text().write(under.start(), zero);
    under.text().synchronizeCpus();
    whileStoring(
        under,
        () -> {
          byte[] seen = under.text().readFully(under.start(), width);
          byte[] whole = new byte[width];
          Arrays.fill(whole, seen[0]);
          Claims.sameBytes(whole, seen, "a store was seen in part");
        });
  }

  private static void whileStoring(TextUnderTest under, Runnable look) {
    TextMemory text = under.text();
    AtomicBoolean going = new AtomicBoolean(true);
    CountDownLatch looked = new CountDownLatch(1);
    ExecutorService reader = Executors.newSingleThreadExecutor(ThreadRules::daemon);
    try {
      CompletableFuture<Void> reading =
          CompletableFuture.runAsync(() -> lookWhile(going, look, looked), reader);
      await(looked);
      store(text, under.start(), reading);
      going.set(false);
      join(reading);
    } finally {
      going.set(false);
      reader.shutdown();
    }
  }

  private static Thread daemon(Runnable runnable) {
    Thread thread = new Thread(runnable, "conformance reader");
    thread.setDaemon(true);
    return thread;
  }

  private static void lookWhile(AtomicBoolean going, Runnable look, CountDownLatch looked) {
    try {
      look.run();
    } finally {
      looked.countDown();
    }
    while (going.get()) {
      look.run();
    }
  }

  /** A thread takes its time to start: the stores must not be over by then. */
  private static void await(CountDownLatch looked) {
    try {
      looked.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before the first look", interrupted);
    }
  }

  private static void store(TextMemory text, long address, CompletableFuture<Void> reading) {
    int width = text.atomicStoreBytes();
    for (int i = 0; i < STORES && !reading.isDone(); i++) {
      byte[] bytes = new byte[width];
      Arrays.fill(bytes, (byte) i);
      text.write(address, bytes);
    }
    text.synchronizeCpus();
  }

  private static void join(CompletableFuture<Void> reading) {
    try {
      reading.join();
    } catch (CompletionException failure) {
      Throwable cause = failure.getCause();
      throw new AssertionError(
          "while another thread was storing: " + (cause == null ? failure : cause.getMessage()),
          cause);
    }
  }
}
