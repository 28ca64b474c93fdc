package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Kretprobe.NoData;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.toy.OneAtATimeText;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several CPUs, each on its own thread and with a stale view of the text, run a program with loops,
 * calls and recursion, while several other threads do everything that can be done to probes in it.
 *
 * <p>Longer: {@code -Doptprobe.runs=}, per CPU; other interleavings: {@code -Doptprobe.seed=}.
 */
class StressTest extends ToyTest {
  private static final int RUNS = Integer.getInteger("optprobe.runs", 300);
  private static final long SEED = Long.getLong("optprobe.seed", 1);
  private static final int CPUS = 3;
  private static final int LOOPS = 4;

  /** So that something happens on a slow machine, too. */
  private static final int LEAST_CHANGES = 100;

  /** How often the recursive function is entered in one run: as deep as the loop count says. */
  private static final int RECURSIONS = LOOPS * (LOOPS + 1) / 2;

  private static final ThreadLocal<ToyMachine> RUNNING = new ThreadLocal<>();

  private final List<ToyMachine> machines = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger cpusLeft = new AtomicInteger();
  private final LongAdder changes = new LongAdder();
  private final LongAdder runs = new LongAdder();
  private final LongAdder posts = new LongAdder();
  private ProbeHandle stays;
  private ProbeHandle missed;
  private ProbeHandle stepped;
  private ReturnProbeHandle<NoData> returning;

  @BeforeEach
  void program() {
    asm.op(ToyOp.ADD, LOOPS).op16(ToyOp.ST, 0x40).label("loop");
    for (int i = 0; i < 3; i++) {
      asm.op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.NOP);
    }
    asm.op16(ToyOp.LD, 0x40).op16(ToyOp.ST, 0x50).to(ToyOp.CALL, "rec").to(ToyOp.CALL, "sub");
    asm.label("stays").op16(ToyOp.LD, 0x40).label("stepped").op(ToyOp.ADDW, 0xFF, 0xFF, 1);
    asm.op16(ToyOp.ST, 0x40).to(ToyOp.BNZ, "loop").op(ToyOp.HLT);
    asm.label("nested").op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    asm.label("sub").op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.RET);
    asm.label("rec").op16(ToyOp.LD, 0x50).op(ToyOp.ADDW, 0xFF, 0xFF, 0).op16(ToyOp.ST, 0x50);
    asm.to(ToyOp.BNZ, "more").op(ToyOp.RET);
    asm.label("more").to(ToyOp.CALL, "rec").op(ToyOp.INX).op(ToyOp.RET).label("end");
  }

  /** No step of patching may ever begin inside another. */
  @Override
  protected TextMemory decorated(TextMemory text) {
    return new OneAtATimeText(text);
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void noHitIsLostWhileOthersComeAndGo(boolean lazily, boolean ownThread)
      throws InterruptedException {
    start(settings(lazily, ownThread));
    stress(false);

    long loops = runs.sum() * LOOPS;
    assertThat(stays.hits()).isEqualTo(loops);
    assertThat(missed.nmissed()).isEqualTo(loops);
    assertThat(stepped.hits()).isEqualTo(loops);
    assertThat(posts.sum()).isEqualTo(loops);
    assertThat(returning.hits()).isEqualTo(runs.sum() * RECURSIONS);
    assertThat(returning.returns()).isEqualTo(returning.hits());
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void nothingBreaksWhileTheSwitchesAreThrown(boolean lazily, boolean ownThread)
      throws InterruptedException {
    start(settings(lazily, ownThread));
    stress(true);

    long loops = runs.sum() * LOOPS;
    assertThat(stays.hits()).isBetween(1L, loops);
    assertThat(missed.nmissed()).isBetween(1L, stays.hits());
    assertThat(posts.sum()).isEqualTo(stepped.hits()).isBetween(1L, loops);
    assertThat(returning.returns()).isEqualTo(returning.hits());
  }

  private UnaryOperator<Kprobes.Builder> settings(boolean lazily, boolean ownThread) {
    List<CodeMap.Function> functions =
        List.of(
            function("main", BASE, asm.at("nested")),
            function("nested", asm.at("nested"), asm.at("sub")),
            function("sub", asm.at("sub"), asm.at("rec")),
            function("rec", asm.at("rec"), asm.at("end")));
    return builder -> {
      builder.codeMap(CodeMap.of(functions)).batchLimit(3);
      if (lazily) {
        builder.lazyUnoptimize();
      }
      return ownThread ? builder.optimizerThread(Duration.ofNanos(50_000)) : builder;
    };
  }

  private static CodeMap.Function function(String name, long first, long behind) {
    return new CodeMap.Function(name, new AddressRange(first, behind - 1));
  }

  private void stress(boolean switches) throws InterruptedException {
    registerThoseThatStay();
    List<Thread> threads = new ArrayList<>();
    CyclicBarrier begin = new CyclicBarrier(CPUS + 2);
    List<ProbeHandle> shared = new ArrayList<>();
    for (int i = 0; i < CPUS; i++) {
      threads.add(cpu(begin, new Random(SEED + i)));
    }
    for (int i = 0; i < 2; i++) {
      threads.add(thread(begin, churn(shared, new Random(SEED + 100 + i), switches)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).as("seed %d", SEED).isEmpty();
    assertThat(missed.hits()).isZero();
    assertThat(returning.instancesMissed()).isZero();
    assertThat(returning.active()).isZero();
  }

  private void registerThoseThatStay() {
    Kprobe.Builder nests = Kprobe.at(at(asm.at("stays")));
    stays = kprobes.register(nests.onHit(r -> RUNNING.get().runNested(asm.at("nested"))).build());
    missed = probe(asm.at("nested"));
    Kprobe.Builder post = Kprobe.at(at(asm.at("stepped")));
    stepped = kprobes.register(post.postHandler((probe, r) -> posts.increment()).build());
    returning = kprobes.register(Kretprobe.at(at(asm.at("rec"))).maxActive(64).build());
  }

  private Thread cpu(CyclicBarrier begin, Random random) {
    ToyMachine mine = text.newMachine();
    mine.attach(kprobes.newCpu(mine.memory())).seesLate(random);
    machines.add(mine);
    cpusLeft.incrementAndGet();
    return thread(
        begin,
        () -> {
          RUNNING.set(mine);
          try {
            for (int i = 0; i < RUNS || isEarly(); i++) {
              runs.increment();
              assertThat(mine.run(BASE)).isEqualTo(unprobed);
            }
          } finally {
            mine.reset(0);
            cpusLeft.decrementAndGet();
          }
        });
  }

  private boolean isEarly() {
    return changes.sum() < LEAST_CHANGES && failures.isEmpty();
  }

  private Thread thread(CyclicBarrier begin, Runnable work) {
    return new Thread(
        () -> {
          try {
            begin.await();
            work.run();
          } catch (Exception | AssertionError failure) {
            failures.add(failure);
          }
        });
  }

  private Runnable churn(List<ProbeHandle> shared, Random random, boolean switches) {
    return () -> {
      ProbeChurn churn =
          new ProbeChurn(kprobes, asm.addresses(), asm.at("sub"), shared, random, switches);
      while (cpusLeft.get() > 0) {
        churn.change();
        changes.increment();
      }
      churn.end();
    };
  }

  /** So that every slot is quiescent when the registry is closed. */
  @AfterEach
  void parkCpus() {
    machines.forEach(each -> each.reset(0));
  }
}
