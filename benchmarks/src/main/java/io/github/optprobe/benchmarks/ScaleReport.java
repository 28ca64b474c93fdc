package io.github.optprobe.benchmarks;

import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.x86.X86_64;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What probes cost when there are many: time, synchronisations and heap per probe, for 1 to a
 * million of them. Printed as a table; the last lines compare a million with a thousand.
 *
 * <p>Arguments: the counts, if others than these are wanted.
 */
public final class ScaleReport {
  private static final long GATE = 0x10_0000L;
  private static final int[] COUNTS = {1, 1_000, 100_000, 1_000_000};

  /** Small counts are repeated until about as many probes were measured. */
  private static final int ENOUGH = 200_000;

  /** The heap is not measured for fewer: what is no probe's would count more. */
  private static final int LEAST_FOR_HEAP = 1_000;

  private final PrintStream out;
  private final ManyFunctions code = new ManyFunctions();
  private final Map<String, Map<Integer, Double>> nanosByPhase = new LinkedHashMap<>();

  private ScaleReport(PrintStream out) {
    this.out = out;
  }

  /** Prints the report. */
  public static void main(String[] args) {
    int[] counts = new int[args.length];
    for (int i = 0; i < args.length; i++) {
      counts[i] = Integer.parseInt(args[i]);
    }
    new ScaleReport(System.out).run(args.length == 0 ? COUNTS : counts);
  }

  private void run(int[] counts) {
    ScaleReport warmUp = new ScaleReport(new PrintStream(PrintStream.nullOutputStream()));
    warmUp.times(1);
    warmUp.times(50_000);
    out.printf("%9s  %-22s %12s %14s%n", "probes", "phase", "ns/probe", "syncs/1,000");
    for (int count : counts) {
      times(count);
    }
    out.printf(
        "%n%9s  %-12s %12s %14s %20s%n",
        "probes", "tier", "heap/probe", "slots/probe", "left when removed");
    for (int count : counts) {
      if (count >= LEAST_FOR_HEAP) {
        heap(count, Tier.BOOSTED);
        heap(count, Tier.OPTIMIZED);
      }
    }
    out.println();
    nanosByPhase.forEach(this::printRatio);
  }

  private void printRatio(String phase, Map<Integer, Double> nanos) {
    Double few = nanos.get(1_000);
    Double many = nanos.get(1_000_000);
    if (few != null && many != null) {
      out.printf("1,000,000 against 1,000, %-22s %5.2f times per probe%n", phase, many / few);
    }
  }

  /** Measures every phase, each over as many rounds as make it measurable. */
  private void times(int count) {
    int rounds = Math.max(1, ENOUGH / count);
    Map<String, Cost> costs = new LinkedHashMap<>();
    Setting setting = new Setting();
    for (int round = 0; round < rounds; round++) {
      setting.shift = 2 * round;
      setting.plain(count, costs);
      setting.shift = 2 * round + 1;
      setting.optimized(count, costs);
    }
    setting.close();
    costs.forEach((phase, cost) -> print(count, phase, cost, (double) rounds * count));
  }

  private void print(int count, String phase, Cost cost, double probes) {
    double nanos = cost.nanos / probes;
    nanosByPhase.computeIfAbsent(phase, unused -> new LinkedHashMap<>()).put(count, nanos);
    double syncs = 1000 * cost.synchronizations / probes;
    out.printf("%,9d  %-22s %12.0f %14.2f%n", count, phase, nanos, syncs);
  }

  /** What a registry with so many probes retains, its text and the arrays of its slots left out. */
  private void heap(int count, Tier tier) {
    Setting setting = new Setting();
    long before = usedHeap();
    setting.registered(count, tier);
    long slots = setting.text.allocated;
    double bytes = usedHeap() - before - slots;
    setting.unregister();
    double left = usedHeap() - before;
    out.printf(
        "%,9d  %-12s %12.0f %14.0f %20.1f%n",
        count, tier, bytes / count, (double) slots / count, left / count);
    setting.close();
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  /** What a phase has cost so far. */
  private static final class Cost {
    private long nanos;
    private long synchronizations;
  }

  /** One registry over a text of its own. */
  private final class Setting {
    private final ByteArrayText bytes = code.text();
    private final CountingText text = new CountingText(bytes);
    private final Kprobes kprobes =
        Kprobes.builder(text).architecture(new X86_64()).codeMap(code).gate(GATE).build();
    private List<ProbeHandle> handles = List.of();
    private int shift;

    /** Phases of probes that stay breakpoints. */
    void plain(int count, Map<String, Cost> costs) {
      measure("register", costs, () -> register(count, Tier.BOOSTED));
      measure("unregister", costs, this::unregister);
      measure("register all", costs, () -> registerAll(count, Tier.BOOSTED));
      measure("unregister all", costs, this::unregisterAll);
    }

    /** Phases of probes that become jumps. */
    void optimized(int count, Map<String, Cost> costs) {
      measure("register for a jump", costs, () -> register(count, Tier.OPTIMIZED));
      measure("optimize", costs, () -> optimize(count));
      measure("unregister a jump", costs, this::unregister);
      measure("register all for jumps", costs, () -> registerAll(count, Tier.OPTIMIZED));
      measure("optimize all", costs, () -> optimize(count));
      measure("unregister all jumps", costs, this::unregisterAll);
    }

    void registered(int count, Tier tier) {
      register(count, tier);
      if (tier == Tier.OPTIMIZED) {
        optimize(count);
      }
    }

    private void measure(String phase, Map<String, Cost> costs, Runnable work) {
      Cost cost = costs.computeIfAbsent(phase, unused -> new Cost());
      long synchronizations = text.synchronizations;
      long start = System.nanoTime();
      work.run();
      cost.nanos += System.nanoTime() - start;
      cost.synchronizations += text.synchronizations - synchronizations;
    }

    private void register(int count, Tier tier) {
      handles = new ArrayList<>(count);
      for (Kprobe kprobe : kprobes(count, tier)) {
        handles.add(kprobes.register(kprobe));
      }
    }

    private void registerAll(int count, Tier tier) {
      handles = kprobes.registerAll(kprobes(count, tier));
    }

    /** Spread over the whole text; in every round other functions, never seen before. */
    private List<Kprobe> kprobes(int count, Tier tier) {
      int stride = ManyFunctions.COUNT / count;
      List<Kprobe> wanted = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        long entry = ManyFunctions.entry(i * stride + (i + shift) % stride);
        wanted.add(Kprobe.at(X86_64.at(entry)).upTo(tier).build());
      }
      return wanted;
    }

    private void optimize(int count) {
      int optimized = kprobes.runOptimizer().optimized();
      if (optimized != count) {
        throw new IllegalStateException("optimized only " + optimized + " of " + count);
      }
    }

    private void unregister() {
      handles.forEach(ProbeHandle::close);
      handles = List.of();
    }

    private void unregisterAll() {
      kprobes.unregisterAll(handles);
      handles = List.of();
    }

    /** The text must be what it was, or the figures mean nothing. */
    void close() {
      kprobes.close();
      if (!code.isIn(bytes) || bytes.liveAllocations() != 0) {
        throw new IllegalStateException("the text was not restored");
      }
    }
  }

  /** Counts what costs most on a live target, and the bytes that slots are cut from. */
  private static final class CountingText extends ForwardingText {
    private long synchronizations;
    private long allocated;

    CountingText(ByteArrayText text) {
      super(text);
    }

    @Override
    public void synchronizeCpus() {
      synchronizations++;
      super.synchronizeCpus();
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      OptionalLong address = super.allocate(bytes, within);
      allocated += address.isPresent() ? bytes : 0;
      return address;
    }
  }
}
