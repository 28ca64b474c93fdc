package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.testkit.execute.MachineState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** An architecture is used by many threads at once. */
final class ConcurrencyRules {
  private static final int THREADS = 4;
  private static final int ROUNDS = 20;
  private static final int MOST_SPINS = 5_000;

  private final Kit kit;
  private final Architecture architecture;

  ConcurrencyRules(Kit kit) {
    this.kit = kit;
    architecture = kit.architecture();
  }

  void preparingIsThreadSafe() {
    List<Samples.Sample> samples = kit.samples().probed();
    inParallel(
        () -> {
          for (Samples.Sample sample : samples) {
            requireSame(sample);
          }
          return true;
        });
  }

  private void requireSame(Samples.Sample sample) {
    PreparedProbe alone = sample.probe().orElseThrow();
    PreparedProbe now = kit.bed(sample).prepare();
    boolean emulated = alone.tiers().equals(Set.of(Tier.EMULATED));
    boolean same =
        alone.tiers().equals(now.tiers())
            && Arrays.equals(alone.original(), now.original())
            && (emulated || Arrays.equals(alone.copy().bytes(), now.copy().bytes()));
    if (!same) {
      throw kit.broken(sample, "prepared by several threads at once, it is something else");
    }
  }

  void hitsDuringOperationsAreHandled() {
    for (Samples.Sample sample : kit.samples().probed().stream().limit(4).toList()) {
      Bed bed = kit.bed(sample);
      byte[] before = bed.content();
      Kprobes kprobes = bed.registry().build();
      AtomicBoolean done = new AtomicBoolean();
      Callable<Boolean> changing = () -> change(kprobes, bed, done);
      Callable<Boolean> hitting = () -> hit(kprobes, bed, done);
      allOf(List.of(changing, hitting, hitting));
      kprobes.close();
      if (!Bed.same(before, bed.content())) {
        throw kit.broken(sample, "after operations and hits at once the text is not restored");
      }
    }
  }

  private static boolean change(Kprobes kprobes, Bed bed, AtomicBoolean done) {
    try {
      for (int i = 0; i < ROUNDS; i++) {
        changeOnce(kprobes, bed);
      }
    } finally {
      done.set(true);
    }
    return true;
  }

  private static void changeOnce(Kprobes kprobes, Bed bed) {
    try (ProbeHandle probe =
        kprobes.register(Kprobe.at(bed.address()).onHit(registers -> {}).build())) {
      // Else all of it may be over before a hit.
      for (int i = 0; i < MOST_SPINS && probe.hits() == 0; i++) {
        Thread.onSpinWait();
      }
      kprobes.runOptimizer();
      probe.disable();
    } catch (RefusedException refused) {
      throw new AssertionError("refused although it was accepted before", refused);
    }
  }

  /** As long as there are operations: before the first and behind the last nothing is hit. */
  private boolean hit(Kprobes kprobes, Bed bed, AtomicBoolean done) {
    Cpu cpu = kprobes.newCpu(new Zeros());
    while (!done.get()) {
      MachineState registers = Bed.registers(architecture);
      registers.setProgramCounter(bed.address().value());
      cpu.breakpoint(registers);
    }
    return true;
  }

  private static void inParallel(Callable<Boolean> work) {
    List<Callable<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      all.add(work);
    }
    allOf(all);
  }

  private static void allOf(List<Callable<Boolean>> work) {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      for (Future<Boolean> each : threads.invokeAll(work)) {
        each.get();
      }
    } catch (ExecutionException failure) {
      throw new AssertionError("one of several threads: " + failure.getCause(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Memory that is zero everywhere and takes any store. */
  private static final class Zeros implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      return 0;
    }

    @Override
    public void store(long address, int bytes, long value) {}
  }
}
