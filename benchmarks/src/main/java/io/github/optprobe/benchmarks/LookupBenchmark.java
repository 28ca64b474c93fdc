package io.github.optprobe.benchmarks;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Probe;
import io.github.optprobe.Resume;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a boosted hit costs with many probes registered. {@link #sameProbe} is the baseline and the
 * look-up alone; {@link #anyProbe} hits them all in turn, far apart, and so measures the caches
 * too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookupBenchmark {
  private static final long BASE = 0x40_0000L;
  private static final int APART = 16;
  private static final int BATCH = 10_000;

  /** A step through the probes that is odd, and so meets all of them. */
  private static final int STRIDE = 7919;

  /** How many are registered. */
  @Param({"1", "1000", "100000", "1000000"})
  private int probes;

  private ArrayCpu machine = new ArrayCpu(new X86_64().registers());
  private int next;
  private Cpu cpu = notYet();

  private static Cpu notYet() {
    return Kprobes.builder(ByteArrayText.at(BASE, new byte[1]))
        .architecture(new X86_64())
        .build()
        .newCpu(DataMemory.NONE);
  }

  /** Registers them. */
  @Setup
  public void register() {
    byte[] code = new byte[probes * APART];
    Arrays.fill(code, (byte) 0x90);
    Kprobes kprobes =
        Kprobes.builder(ByteArrayText.at(BASE, code))
            .architecture(new X86_64())
            .trustBoundaries()
            .build();
    for (int first = 0; first < probes; first += BATCH) {
      kprobes.registerAll(batch(first, Math.min(probes, first + BATCH)));
    }
    machine = new ArrayCpu(new X86_64().registers());
    cpu = kprobes.newCpu(machine);
  }

  private static List<Probe> batch(int first, int behind) {
    List<Probe> batch = new ArrayList<>();
    for (int i = first; i < behind; i++) {
      batch.add(Kprobe.at(X86_64.at(BASE + (long) i * APART)).upTo(Tier.BOOSTED).build());
    }
    return batch;
  }

  /** The first one, again and again. */
  @Benchmark
  public Resume sameProbe() {
    return hit(0);
  }

  /** Another one each time. */
  @Benchmark
  public Resume anyProbe() {
    next = (next + STRIDE) % probes;
    return hit(next);
  }

  private Resume hit(int probe) {
    machine.setProgramCounter(BASE + (long) probe * APART);
    return cpu.breakpoint(machine);
  }
}
