package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyState;
import io.github.optprobe.toy.ToyTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two CPUs run a program, each on its own thread, while a third thread changes probes. */
class ConcurrencyTest extends ToyTest {
  private static final int RUNS = Integer.getInteger("optprobe.runs", 1500);
  private static final int LOOPS = 5;

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger running = new AtomicInteger();
  private final List<ToyMachine> machines = new ArrayList<>();

  @BeforeEach
  void program() {
    asm.op(ToyOp.ADD, LOOPS).label("loop");
    for (int i = 0; i < 4; i++) {
      asm.op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.NOP);
    }
    asm.to(ToyOp.CALL, "sub")
        .label("stays")
        .op(ToyOp.ADDW, 0xFF, 0xFF, 1)
        .to(ToyOp.BNZ, "loop")
        .op(ToyOp.HLT)
        .label("sub")
        .op(ToyOp.INX)
        .op(ToyOp.NOP)
        .op(ToyOp.NOP)
        .op(ToyOp.RET);
  }

  @Test
  void nothingIsLostWithTheOptimizerRunByHand() throws InterruptedException {
    start();
    churn(true);
  }

  @Test
  void nothingIsLostWithTheOptimizersOwnThread() throws InterruptedException {
    start(builder -> builder.optimizerThread(Duration.ofNanos(50_000)));
    churn(false);
  }

  private void churn(boolean byHand) throws InterruptedException {
    ProbeHandle stays = probe(asm.at("stays"));
    List<Thread> threads = List.of(cpu(1), cpu(2));
    threads.forEach(Thread::start);
    int changes = change(byHand);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(stays.hits()).isEqualTo(2L * RUNS * LOOPS);
    assertThat(changes).isGreaterThan(100);
  }

  private Thread cpu(int seed) {
    ToyMachine mine = text.newMachine();
    mine.attach(kprobes.newCpu(mine.memory())).seesLate(new Random(seed));
    machines.add(mine);
    running.incrementAndGet();
    return new Thread(
        () -> {
          try {
            for (int i = 0; i < RUNS; i++) {
              ToyState state = mine.run(BASE);
              assertThat(state).isEqualTo(unprobed);
            }
          } catch (RuntimeException | AssertionError failure) {
            failures.add(failure);
          } finally {
            running.decrementAndGet();
          }
        });
  }

  private int change(boolean byHand) {
    Random random = new Random(11);
    List<ProbeHandle> handles = new ArrayList<>();
    int changes = 0;
    while (running.get() > 0) {
      changes++;
      if (handles.size() < 6 && random.nextInt(3) > 0) {
        handles.add(register(random));
      } else if (!handles.isEmpty()) {
        changeOne(handles, random);
      }
      if (byHand && random.nextInt(3) == 0) {
        kprobes.runOptimizer();
      }
    }
    handles.forEach(ProbeHandle::close);
    return changes;
  }

  private ProbeHandle register(Random random) {
    long address = asm.at(1 + random.nextInt(12));
    Kprobe.Builder kprobe = Kprobe.at(at(address));
    if (random.nextInt(4) == 0) {
      kprobe.postHandler((probe, registers) -> {});
    }
    return kprobes.register(kprobe.build());
  }

  private static void changeOne(List<ProbeHandle> handles, Random random) {
    ProbeHandle one = handles.get(random.nextInt(handles.size()));
    switch (random.nextInt(4)) {
      case 0 -> one.disable();
      case 1 -> one.enable();
      default -> {
        one.close();
        handles.remove(one);
      }
    }
  }

  /** So that every slot is quiescent when the registry is closed. */
  @AfterEach
  void parkCpus() {
    machines.forEach(each -> each.reset(0));
  }
}
