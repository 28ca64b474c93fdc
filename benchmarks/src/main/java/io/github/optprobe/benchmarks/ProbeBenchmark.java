package io.github.optprobe.benchmarks;

import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.OptimizerPass;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.x86.X86_64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The life of one probe at the entries of real functions, over a byte array. The baseline is {@link
 * #pokeFiveBytes}: the stores that an optimized probe costs in the end, without any of the rest.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProbeBenchmark {
  private static final Gate GATE = Gate.at(0x10_0000L);

  private final RealCode code = new RealCode();
  private final X86_64 architecture = new X86_64();
  private final ByteArrayText text = code.text();
  private final Kprobes kprobes =
      Kprobes.builder(text).architecture(architecture).codeMap(code.codeMap()).gate(GATE).build();
  private final List<Long> entries = new ArrayList<>();
  private final List<PreparedDetour> detours = new ArrayList<>();
  private int next;

  /** Keeps the entries that can be optimized, so that every benchmark measures the same ones. */
  @Setup
  public void findEntries() {
    for (var function : code.functions()) {
      long entry = function.body().first();
      if (kprobes.explain(X86_64.at(entry)).verdict(Tier.OPTIMIZED).isAccepted()) {
        entries.add(entry);
        detours.add(detourAt(entry));
      }
    }
    if (entries.isEmpty()) {
      throw new IllegalStateException("no entry can be optimized");
    }
  }

  /** The text must be what it was, or the figures mean nothing. */
  @TearDown
  public void checkRestored() {
    kprobes.close();
    byte[] now = text.readFully(code.address(), code.bytes().length);
    if (!Arrays.equals(now, code.bytes())) {
      throw new IllegalStateException("the text was not restored");
    }
  }

  /** Baseline: writing five bytes in two steps, and back. */
  @Benchmark
  public void pokeFiveBytes() {
    long entry = nextEntry();
    byte[] original = text.readFully(entry, 5);
    text.write(entry + 1, new byte[4]);
    text.write(entry, new byte[1]);
    text.write(entry, original);
  }

  /** Plan, relocate and emit the copy of one instruction. */
  @Benchmark
  public PreparedProbe prepare() {
    return architecture.prepare(preparation(nextEntry()));
  }

  /** Plan, relocate and emit a window and its detour buffer; without the scan of the function. */
  @Benchmark
  public PreparedDetour prepareOptimized() {
    return detourAt(nextEntry());
  }

  /** Register a probe that stays a breakpoint, and unregister it. */
  @Benchmark
  public void registerAndUnregister() {
    kprobes.register(Kprobe.at(X86_64.at(nextEntry())).upTo(Tier.BOOSTED).build()).close();
  }

  /** Register a probe, have it optimized, and unregister it. */
  @Benchmark
  public OptimizerPass registerOptimizeAndUnregister() {
    try (ProbeHandle handle = kprobes.register(Kprobe.at(X86_64.at(nextEntry())).build())) {
      OptimizerPass pass = kprobes.runOptimizer();
      if (handle.tier().filter(tier -> tier == Tier.OPTIMIZED).isEmpty()) {
        throw new IllegalStateException("not optimized: " + handle);
      }
      return pass;
    }
  }

  /** The poke protocol alone: jump in, jump out, for one prepared probe. */
  @Benchmark
  public void optimizeAndUnoptimize() {
    next = (next + 1) % detours.size();
    PreparedDetour detour = detours.get(next);
    architecture.optimize(List.of(detour), text);
    architecture.unoptimize(List.of(detour), text);
    text.write(detour.address().value(), detour.replaced());
  }

  private long nextEntry() {
    next = (next + 1) % entries.size();
    return entries.get(next);
  }

  private PreparedDetour detourAt(long entry) {
    Preparation preparation = preparation(entry);
    return architecture.prepareDetour(architecture.planWindow(preparation), preparation, GATE);
  }

  private Preparation preparation(long entry) {
    return new Preparation(X86_64.at(entry), text, new AnySlot());
  }

  /** A slot at the low end of the interval: allocation is not what is measured here. */
  private static final class AnySlot implements SlotAllocator {
    @Override
    public Optional<Slot> allocate(int bytes, AddressRange within) {
      return Optional.of(new Slot(within.first() + 0x1000, bytes));
    }
  }
}
