package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.toy.OneAtATimeText;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several threads run the optimizer at once. What was a worry about the kernel's port to ARM (lists
 * walked by every CPU, a machine stopped while it is stopped) must not be one here.
 */
@Timeout(60)
class OptimizerThreadsTest extends ToyTest {
  private static final int THREADS = 6;
  private static final int PROBES = 60;
  private static final int WINDOW = 3;
  private static final byte JUMP = 7;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final CyclicBarrier begin = new CyclicBarrier(THREADS);
  private final List<String> told = new ArrayList<>();
  private CountingText counting;

  @BeforeEach
  void program() {
    for (int i = 0; i < PROBES * WINDOW; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op(ToyOp.HLT);
    start(builder -> builder.batchLimit(2).lazyUnoptimize().listener(new Teller()));
  }

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  @Override
  protected TextMemory decorated(TextMemory text) {
    counting = new CountingText(new OneAtATimeText(text));
    return counting;
  }

  @RepeatedTest(20)
  void eachJumpIsWrittenOnceAndNoneIsLost() throws Exception {
    registerAll();
    counting.heads.clear();
    List<OptimizerPass> passes = together(kprobes::runOptimizer);

    assertThat(passes.stream().mapToInt(OptimizerPass::optimized).sum()).isEqualTo(PROBES);
    assertThat(passes.stream().mapToInt(OptimizerPass::waiting)).contains(0);
    assertThat(kprobes.counters().optimized()).isEqualTo(PROBES);
    assertHeads("07");
  }

  @RepeatedTest(20)
  void eachJumpIsTakenOutOnceAndEverySlotFreedOnce() throws Exception {
    List<ProbeHandle> handles = registerAll();
    kprobes.runOptimizer();
    kprobes.unregisterAll(handles);
    counting.heads.clear();
    List<OptimizerPass> passes = together(kprobes::runOptimizer);

    assertThat(passes.stream().mapToInt(OptimizerPass::unoptimized).sum()).isEqualTo(PROBES);
    assertThat(passes.stream().mapToInt(OptimizerPass::freed).sum()).isEqualTo(2 * PROBES);
    assertThat(kprobes.liveSlots()).isZero();
    // First the breakpoint, which the jump was written over, then what stood there.
    assertHeads("cc 01");
  }

  @RepeatedTest(10)
  void allWhoWaitForTheOptimizerComeBackWhenItIsDone() throws Exception {
    registerAll();
    counting.heads.clear();
    List<Boolean> done = together(() -> kprobes.awaitOptimizer(Duration.ofSeconds(50)));

    assertThat(done).containsOnly(true);
    assertThat(kprobes.counters().optimized()).isEqualTo(PROBES);
    assertHeads("07");
  }

  @Test
  void registrationGetsInBetweenTheBatchesOfAPass() throws Exception {
    registerAll();
    ProbeHandle last = kprobes.probes().get(PROBES - 1);
    last.close();
    Thread registering = new Thread(() -> probe(last.address().value(), Tier.BOOSTED));
    told.clear();
    counting.onFirstJump = () -> startAndAwaitBlocked(registering);
    kprobes.runOptimizer();
    registering.join();

    // One batch, of two, is through when it starts to wait; the lock is fair.
    assertThat(told.indexOf("registered")).isEqualTo(2);
    assertThat(told).hasSize(PROBES);
  }

  private static void startAndAwaitBlocked(Thread thread) {
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private List<ProbeHandle> registerAll() {
    List<Probe> probes = new ArrayList<>();
    for (int i = 0; i < PROBES; i++) {
      probes.add(Kprobe.at(at(BASE + (long) WINDOW * i)).build());
    }
    return kprobes.registerAll(probes);
  }

  private <T> List<T> together(Callable<T> work) throws Exception {
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      futures.add(
          threads.submit(
              () -> {
                begin.await(30, TimeUnit.SECONDS);
                return work.call();
              }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(future.get());
    }
    return results;
  }

  private void assertHeads(String expected) {
    for (int i = 0; i < PROBES; i++) {
      assertThat(counting.heads.get(BASE + (long) WINDOW * i)).isEqualTo(expected);
    }
  }

  /** Remembers what was stored where a store of one byte began. */
  private static final class CountingText extends ForwardingText {
    private final Map<Long, String> heads = new HashMap<>();
    private Runnable onFirstJump = () -> {};

    CountingText(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      if (bytes.length == 1) {
        heads.merge(address, "%02x".formatted(bytes[0]), "%s %s"::formatted);
      }
      super.write(address, bytes);
      if (bytes[0] == JUMP) {
        Runnable once = onFirstJump;
        onFirstJump = () -> {};
        once.run();
      }
    }
  }

  /** Called under the registry's lock, so that its order is the order in which things were done. */
  private final class Teller implements ProbeListener {
    @Override
    public void registered(ProbeHandle probe) {
      told.add("registered");
    }

    @Override
    public void optimized(CodeAddress address) {
      told.add("optimized");
    }
  }
}
