package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several CPUs call functions with return probes, call by call and all at once. */
@Tag("classpath-only") // long, and the same on both paths
class ReturnCpusTest extends CallingCodeTest {
  private static final int CHANGES = 100;
  private static final int RUNS = Integer.getInteger("optprobe.runs", 1000) / 5;
  private static final int DEPTH = 6;

  private final List<ToyMachine> machines = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private ToyMachine newMachine() {
    ToyMachine mine = text.newMachine();
    mine.attach(kprobes.newCpu(mine.memory()));
    machines.add(mine);
    return mine;
  }

  private final AtomicLong returned = new AtomicLong();

  @ParameterizedTest
  @EnumSource
  void callsOfSeveralCpusInterleaveCallByCall(Way way) {
    recursion(way, DEPTH);
    ReturnProbeHandle<?> handle = register(way, returnProbe("down").maxActive(3 * (DEPTH + 1)));
    List<ToyMachine> all = List.of(machine, newMachine(), newMachine());
    all.forEach(each -> each.reset(BASE));
    for (int call = 0; call < DEPTH; call++) {
      for (ToyMachine each : all) {
        runTo(each, "more");
        each.runUntil(pc -> pc == asm.at("down"));
      }
    }
    all.forEach(each -> runTo(each, "bottom"));
    assertThat(handle.active()).isEqualTo(3 * (DEPTH + 1));
    for (int call = 0; call < DEPTH; call++) {
      for (ToyMachine each : all) {
        runTo(each, "inner");
        each.runUntil(pc -> pc == asm.at("inner") + 2);
      }
    }
    all.forEach(ToyMachine::run);

    assertThat(all).allSatisfy(each -> assertThat(each.state()).isEqualTo(unprobed));
    assertThat(handle.returns()).isEqualTo(3 * (DEPTH + 1));
    assertThat(handle.instancesMissed()).isZero();
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void callsOfSeveralThreadsAreAllSeenOrCounted(Way way) throws InterruptedException {
    recursion(way, DEPTH);
    ReturnProbeHandle<int[]> handle =
        register(
            way,
            Kretprobe.at(at(asm.at("down")), () -> new int[1])
                .maxActive(DEPTH + 3)
                .entryHandler(
                    (i, r) -> {
                      i.data()[0] = (int) r.get("a");
                      return EntryOutcome.TRACK;
                    })
                .returnHandler(
                    (i, r) -> {
                      if (i.data()[0] != i.returnValue(r)) {
                        failures.add(new AssertionError("another call's data"));
                      }
                    }));
    runThreads(2, () -> true, () -> {});

    assertThat(failures).isEmpty();
    assertThat(handle.hits()).isEqualTo(2L * RUNS * (DEPTH + 1));
    assertThat(handle.returns() + handle.instancesMissed()).isEqualTo(handle.hits());
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void returnProbesComeAndGoWhileCallsAreInFlight(Way way) throws InterruptedException {
    recursion(way, DEPTH);
    Random random = new Random(way.name().hashCode());
    List<ReturnProbeHandle<?>> all = new ArrayList<>();
    AtomicInteger changes = new AtomicInteger();
    runThreads(
        2,
        () -> changes.get() >= CHANGES && returned.get() > 0,
        () -> {
          change(way, random, all);
          changes.incrementAndGet();
        });

    assertThat(failures).isEmpty();
    all.forEach(ReturnProbeHandle::close);
    assertThat(all).hasSizeGreaterThan(2);
    assertNothingTracked(all.toArray(ReturnProbeHandle<?>[]::new));
    assertThat(all.stream().mapToLong(ReturnProbeHandle::returns).sum()).isEqualTo(returned.get());
  }

  private void change(Way way, Random random, List<ReturnProbeHandle<?>> all) {
    if (all.size() < 5 || random.nextInt(4) == 0) {
      Kretprobe.Builder<Kretprobe.NoData> probe = returnProbe("down").upTo(way.tier());
      all.add(kprobes.register(probe.returnHandler((i, r) -> returned.incrementAndGet()).build()));
    }
    ReturnProbeHandle<?> one = all.get(random.nextInt(all.size()));
    if (one.isRegistered()) {
      switch (random.nextInt(4)) {
        case 0 -> one.close();
        case 1 -> one.disable();
        default -> one.enable();
      }
    }
    kprobes.runOptimizer();
  }

  /** Runs the program on threads, and something else meanwhile, at least until it is enough. */
  private void runThreads(int count, BooleanSupplier enough, Runnable meanwhile)
      throws InterruptedException {
    AtomicInteger running = new AtomicInteger(count);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ToyMachine mine = newMachine().seesLate(new Random(i));
      threads.add(new Thread(() -> runAgainAndAgain(mine, running, enough)));
    }
    threads.forEach(Thread::start);
    while (running.get() > 0) {
      meanwhile.run();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void runAgainAndAgain(ToyMachine mine, AtomicInteger running, BooleanSupplier enough) {
    try {
      for (int i = 0; i < RUNS || !enough.getAsBoolean(); i++) {
        assertThat(mine.run(BASE)).isEqualTo(unprobed);
      }
    } catch (RuntimeException | AssertionError failure) {
      failures.add(failure);
    } finally {
      running.decrementAndGet();
    }
  }

  /** So that every slot is quiescent when the registry is closed. */
  @AfterEach
  void parkCpus() {
    machines.forEach(each -> each.reset(0));
  }
}
