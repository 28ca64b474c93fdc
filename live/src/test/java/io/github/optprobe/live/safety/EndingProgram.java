package io.github.optprobe.live.safety;

import io.github.optprobe.Kprobe;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.live.memory.DataBlock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A program that ends while its threads, of Java and not, run into probes. Its argument says how:
 * exit, halt, return, trap (by a breakpoint that is nobody's).
 */
final class EndingProgram {
  private static final int THREADS = 4;
  private static final int HITS = 200;

  private EndingProgram() {}

  /** Runs it. */
  public static void main(String[] arguments) throws InterruptedException {
    SafetyLibrary library = SafetyLibrary.loaded();
    LiveProcess live = LiveProcess.open();
    CountDownLatch hits = new CountDownLatch(HITS);
    live.kprobes()
        .register(
            Kprobe.at(SafetyLibrary.entry(Code.NUMBER, 0))
                .onHit(registers -> hits.countDown())
                .build());
    live.kprobes()
        .register(
            Kprobe.at(SafetyLibrary.entry(Code.NUMBER, 1)).preHandler(Counter.create()).build());
    live.kprobes().awaitOptimizer(Duration.ofSeconds(10));
    for (int i = 0; i < THREADS; i++) {
      startHammer(library, i & 1);
    }
    hits.await();
    end(library, arguments[0]);
  }

  private static void startHammer(SafetyLibrary library, int copy) {
    Thread java =
        new Thread(
            () -> {
              for (long i = 0; ; i++) {
                check(library.call(Code.NUMBER, copy, i) == SafetyLibrary.number(i));
              }
            });
    java.setDaemon(true);
    java.start();
    DataBlock work = DataBlock.allocate(24);
    work.store(0, library.address(Code.NUMBER, copy));
    work.store(8, Long.MAX_VALUE);
    Libc6.startThread(library.address(Code.LOOPER, 0), work.address());
  }

  private static void check(boolean right) {
    if (!right) {
      System.out.println("WRONG");
    }
  }

  private static void end(SafetyLibrary library, String how) {
    System.out.println("ENDING");
    switch (how) {
      case "exit" -> System.exit(7);
      case "halt" -> Runtime.getRuntime().halt(8);
      case "trap" -> library.call(Code.FOREIGN, 0);
      default -> System.out.println("RETURNING");
    }
  }
}
