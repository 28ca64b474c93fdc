package io.github.optprobe.x86.libz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.oracle.Comparison;
import io.github.optprobe.testkit.oracle.ExecutionCounts;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Oracle;
import io.github.optprobe.testkit.oracle.PathMap;
import io.github.optprobe.x86.X86_64;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The library, the oracle, what the unprobed runs did, and the two kinds of probing. */
final class LibzBench implements AutoCloseable {
  private static final long SEED = 0x5eed;

  private final X86_64 architecture = new X86_64();
  private final EmulatedTarget target = EmulatedTarget.of(architecture);
  private final Libz libz;
  private final Oracle oracle;
  private final CodeMap codeMap;
  private final byte[] original;
  private final Map<Workload, Observation> unprobed = new EnumMap<>(Workload.class);
  private final Map<Workload, ExecutionCounts> counts = new EnumMap<>(Workload.class);

  LibzBench(Path file) {
    libz = Libz.load(target, file);
    Callbacks.of(libz);
    oracle = Oracle.on(target, libz.libc.imports());
    codeMap = libz.image.codeMap(architecture, target.text());
    original = textNow();
    try (Kprobes none = registry()) {
      Cpu cpu = none.newCpu(target.data());
      for (Workload workload : Workload.values()) {
        Observation run =
            oracle.observePath(libz.scenario(workload), SEED, cpu, PathMap.identity());
        assertThat(run.fault()).as("%s", workload).isEmpty();
        unprobed.put(workload, run);
        counts.put(workload, ExecutionCounts.of(run.path()));
      }
    }
  }

  List<CodeMap.Function> enteredFunctions() {
    return libz.image.functions().stream()
        .filter(function -> quietestWorkload(function.body().first()).isPresent())
        .toList();
  }

  long[] boundaries(CodeMap.Function function) {
    return architecture.scan(target.text(), function.body()).boundaries();
  }

  /** The workload that executes the instruction, but not more often than any other that does. */
  private Optional<Workload> quietestWorkload(long address) {
    Optional<Workload> best = Optional.empty();
    for (Workload workload : Workload.values()) {
      long count = counts.get(workload).count(address);
      boolean fewer = best.isEmpty() || count < counts.get(best.get()).count(address);
      if (count > 0 && fewer) {
        best = Optional.of(workload);
      }
    }
    return best;
  }

  /** Probes one boundary in {@code share}, one after the other, all in one registry. */
  void probeEach(Tier tier, int share, Tally tally) {
    int number = 0;
    try (Kprobes kprobes = registry()) {
      Cpu cpu = kprobes.newCpu(target.data());
      for (CodeMap.Function function : enteredFunctions()) {
        for (long address : boundaries(function)) {
          if (number++ % share == 0) {
            probeOne(kprobes, cpu, address, tier, tally);
          }
        }
      }
    }
  }

  /** Probes one instruction, runs the workload that executes it, and takes the probe away. */
  private void probeOne(Kprobes kprobes, Cpu cpu, long address, Tier tier, Tally tally) {
    try (ProbeHandle probe = kprobes.register(kprobe(address, tier))) {
      kprobes.runOptimizer();
      String whyNot = probe.whyNotOptimized().map(Refusal::code).orElse("");
      tally.probed(probe.tier().orElseThrow(), whyNot);
      quietestWorkload(address).ifPresent(each -> compare(cpu, probe, each, tally));
    } catch (RefusedException refused) {
      tally.refused(refused.refusal().code());
    }
    assertThat(kprobes.liveSlots()).isZero();
    assertThat(Arrays.equals(textNow(), original)).as("text after 0x%x", address).isTrue();
  }

  private void compare(Cpu cpu, ProbeHandle probe, Workload workload, Tally tally) {
    Observation probed = oracle.observe(libz.scenario(workload), SEED, cpu);
    Comparison comparison = oracle.compare(unprobed.get(workload).withoutPath(), probed);
    long expected = counts.get(workload).count(probe.address().value());
    tally.executed(probe.hits());
    if (!comparison.isSame() || probe.hits() != expected) {
      tally.differs(
          "%s: hits %d, executed %d%n%s%n%s"
              .formatted(workload, probe.hits(), expected, comparison, probe.picture()));
    }
  }

  /** Probes every instruction of every function that the workload executes, at the same time. */
  List<Tier> probeAll(Workload workload, Tier tier) {
    List<Tier> reached = new ArrayList<>();
    try (Kprobes kprobes = registry()) {
      List<ProbeHandle> probes = registerAll(kprobes, workload, tier);
      kprobes.runOptimizer();
      probes.forEach(probe -> reached.add(probe.tier().orElseThrow()));
      requireTheSame(workload, kprobes, probes);
    }
    assertThat(textNow()).isEqualTo(original);
    return reached;
  }

  /**
   * Probes the entries of all functions of the library at the same time.
   *
   * @return how many of them are jumps
   */
  long probeEntries(Workload workload, WindowPolicy policy) {
    List<Kprobe> entries =
        libz.image.functions().stream()
            .map(function -> kprobe(function.body().first(), Tier.OPTIMIZED))
            .toList();
    try (Kprobes kprobes = registry(policy)) {
      List<ProbeHandle> probes = kprobes.registerAll(entries);
      kprobes.runOptimizer();
      requireTheSame(workload, kprobes, probes);
      return kprobes.counters().optimized();
    }
  }

  /** The same path and state as the unprobed run, and each probe hit as often as it says. */
  private void requireTheSame(Workload workload, Kprobes kprobes, List<ProbeHandle> probes) {
    Cpu cpu = kprobes.newCpu(target.data());
    Observation probed =
        oracle.observePath(libz.scenario(workload), SEED, cpu, PathMap.of(kprobes));
    oracle
        .compare(unprobed.get(workload), probed)
        .requireSame("%s, %d probes at once".formatted(workload, probes.size()));
    for (ProbeHandle probe : probes) {
      assertThat(probe.hits())
          .as("%s", probe.probe())
          .isEqualTo(counts.get(workload).count(probe.address().value()));
    }
  }

  private List<ProbeHandle> registerAll(Kprobes kprobes, Workload workload, Tier tier) {
    List<ProbeHandle> probes = new ArrayList<>();
    long windowEnd = 0;
    for (CodeMap.Function function : enteredFunctions()) {
      for (long address : boundaries(function)) {
        boolean free = Long.compareUnsigned(address, windowEnd) >= 0;
        if (counts.get(workload).count(address) > 0 && free) {
          Optional<ProbeHandle> probe = tryRegister(kprobes, address, tier);
          probe.ifPresent(probes::add);
          if (probe.isPresent() && tier == Tier.OPTIMIZED) {
            // Leaves room for a jump: probes inside its window would keep it away.
            windowEnd = address + 5;
          }
        }
      }
    }
    return probes;
  }

  private static Optional<ProbeHandle> tryRegister(Kprobes kprobes, long address, Tier tier) {
    try {
      return Optional.of(kprobes.register(kprobe(address, tier)));
    } catch (RefusedException refused) {
      assertThat(refused.refusal().code()).startsWith("X86_");
      return Optional.empty();
    }
  }

  private static Kprobe kprobe(long address, Tier tier) {
    return Kprobe.at(X86_64.at(address)).onHit(registers -> {}).upTo(tier).build();
  }

  private Kprobes registry() {
    return registry(WindowPolicy.CONSERVATIVE);
  }

  private Kprobes registry(WindowPolicy policy) {
    return Kprobes.builder(target.text())
        .architecture(architecture)
        .windowPolicy(policy)
        .codeMap(codeMap)
        .gate(target.gate())
        .build();
  }

  private byte[] textNow() {
    CodeMap.Function first = libz.image.functions().get(0);
    CodeMap.Function last = libz.image.functions().get(libz.image.functions().size() - 1);
    long length = last.body().last() - first.body().first() + 1;
    return target.readBytes(first.body().first(), (int) length);
  }

  /** Ends the sweep: the text is the original and no slot has leaked. */
  @Override
  public void close() {
    assertThat(Arrays.equals(textNow(), original)).as("text at the end").isTrue();
    assertThat(target.liveAllocations()).as("slots that leaked").isZero();
    target.close();
  }
}
