package io.github.optprobe.x86.jna32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.oracle.Comparison;
import io.github.optprobe.testkit.oracle.ExecutionCounts;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Oracle;
import io.github.optprobe.testkit.oracle.PathMap;
import io.github.optprobe.testkit.oracle.Scenario;
import io.github.optprobe.x86.X86_32;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The library, the oracle, what the unprobed runs did, and probing. */
final class JnaSweep implements AutoCloseable {
  private static final long SEED = 0x5eed;

  final JnaLibrary library;
  private final X86_32 architecture = new X86_32();
  private final EmulatedTarget target = EmulatedTarget.of(architecture);
  private final Oracle oracle;
  private final byte[] original;
  private final Map<Workload, Observation> unprobed = new EnumMap<>(Workload.class);
  private final Map<Workload, ExecutionCounts> counts = new EnumMap<>(Workload.class);

  JnaSweep() {
    library = new JnaLibrary(target);
    oracle = Oracle.on(target, library.libc.imports());
    original = textNow();
    for (Workload workload : Workload.values()) {
      Observation run = unprobed(scenario(workload), SEED);
      assertThat(run.fault()).as("%s", workload).isEmpty();
      unprobed.put(workload, run);
      counts.put(workload, ExecutionCounts.of(run.path()));
    }
  }

  Scenario scenario(Workload workload) {
    return guest -> workload.run(new Calls(library, guest));
  }

  /** A run without any probe, with its path. */
  Observation unprobed(Scenario scenario, long seed) {
    try (Kprobes none = registry()) {
      return oracle.observePath(scenario, seed, none.newCpu(target.data()), PathMap.identity());
    }
  }

  /** Whether another scenario, unprobed too, is observed to do the same. */
  boolean isSame(Observation unprobed, Scenario other, long seed) {
    return oracle.compare(unprobed, unprobed(other, seed)).isSame();
  }

  Observation unprobed(Workload workload) {
    return unprobed.get(workload);
  }

  List<CodeMap.Function> enteredFunctions() {
    return library.image.functions().stream()
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

  /** Probes the instructions of the functions that are entered, one after the other. */
  void probeEach(Tier tier, Table table) {
    try (Kprobes kprobes = registry()) {
      Cpu cpu = kprobes.newCpu(target.data());
      for (CodeMap.Function function : enteredFunctions()) {
        for (long address : boundaries(function)) {
          probeOne(kprobes, cpu, address, tier, table);
        }
      }
    }
  }

  /** Prepares every instruction of every function, and takes the probe away again. */
  void prepareEach(Tier tier, Table table) {
    try (Kprobes kprobes = registry()) {
      for (CodeMap.Function function : library.image.functions()) {
        for (long address : boundaries(function)) {
          prepareOne(kprobes, address, tier, table);
        }
      }
    }
    assertThat(Arrays.equals(textNow(), original)).isTrue();
  }

  private void prepareOne(Kprobes kprobes, long address, Tier tier, Table table) {
    try (ProbeHandle probe = kprobes.register(kprobe(address, tier))) {
      kprobes.runOptimizer();
      table.probed(probe.tier().orElseThrow(), whyNot(probe));
    } catch (RefusedException refused) {
      table.refused(refused.refusal().code());
    }
  }

  private void probeOne(Kprobes kprobes, Cpu cpu, long address, Tier tier, Table table) {
    try (ProbeHandle probe = kprobes.register(kprobe(address, tier))) {
      kprobes.runOptimizer();
      table.probed(probe.tier().orElseThrow(), whyNot(probe));
      quietestWorkload(address).ifPresent(each -> compare(cpu, probe, each, table));
    } catch (RefusedException refused) {
      table.refused(refused.refusal().code());
    }
    assertThat(kprobes.liveSlots()).isZero();
    assertThat(Arrays.equals(textNow(), original)).as("text after 0x%x", address).isTrue();
  }

  private void compare(Cpu cpu, ProbeHandle probe, Workload workload, Table table) {
    Observation probed = oracle.observe(scenario(workload), SEED, cpu);
    Comparison comparison = oracle.compare(unprobed.get(workload).withoutPath(), probed);
    long expected = counts.get(workload).count(probe.address().value());
    table.executed(probe.hits());
    if (!comparison.isSame() || probe.hits() != expected) {
      table.differs(
          "%s: hits %d, executed %d%n%s%n%s"
              .formatted(workload, probe.hits(), expected, comparison, probe.picture()));
    }
  }

  /** Probes every instruction that a workload executes at the same time. */
  void probeAll(Workload workload, Tier tier, Table table) {
    probeAll(scenario(workload), SEED, unprobed.get(workload), tier, table);
  }

  /** Probes every instruction that an unprobed run executed at the same time, and runs it again. */
  void probeAll(Scenario scenario, long seed, Observation expected, Tier tier, Table table) {
    ExecutionCounts executed = ExecutionCounts.of(expected.path());
    try (Kprobes kprobes = registry()) {
      List<ProbeHandle> probes = registerAll(kprobes, executed, tier, table);
      kprobes.runOptimizer();
      probes.forEach(probe -> table.probed(probe.tier().orElseThrow(), whyNot(probe)));
      Cpu cpu = kprobes.newCpu(target.data());
      Observation probed = oracle.observePath(scenario, seed, cpu, PathMap.of(kprobes));
      Comparison comparison = oracle.compare(expected, probed);
      if (!comparison.isSame()) {
        table.differs(comparison.toString());
      }
      for (ProbeHandle probe : probes) {
        table.executed(probe.hits());
        long times = executed.count(probe.address().value());
        if (probe.hits() != times) {
          table.differs("%s: hits %d, executed %d".formatted(probe, probe.hits(), times));
        }
      }
    }
    assertThat(Arrays.equals(textNow(), original)).isTrue();
  }

  /** Leaves room for jumps: probes inside their windows would keep them away. */
  private List<ProbeHandle> registerAll(
      Kprobes kprobes, ExecutionCounts executed, Tier tier, Table table) {
    List<ProbeHandle> probes = new ArrayList<>();
    long windowEnd = 0;
    for (long address : executed.addresses()) {
      boolean known = library.image.codeMap().functionAt(address).isPresent();
      if (known && address >= windowEnd) {
        try {
          probes.add(kprobes.register(kprobe(address, tier)));
          windowEnd = tier == Tier.OPTIMIZED ? address + 5 : address;
        } catch (RefusedException refused) {
          table.refused(refused.refusal().code());
        }
      }
    }
    return probes;
  }

  private static String whyNot(ProbeHandle probe) {
    return probe.whyNotOptimized().map(Refusal::code).orElse("");
  }

  private static Kprobe kprobe(long address, Tier tier) {
    return Kprobe.at(X86_32.at(address)).onHit(registers -> {}).upTo(tier).build();
  }

  private Kprobes registry() {
    return Kprobes.builder(target.text())
        .architecture(architecture)
        .codeMap(library.image.codeMap())
        .gate(target.gate())
        .build();
  }

  private byte[] textNow() {
    List<CodeMap.Function> functions = library.image.functions();
    long first = functions.get(0).body().first();
    long last = functions.get(functions.size() - 1).body().last();
    return target.readBytes(first, (int) (last - first + 1));
  }

  /** Ends the sweep: no slot has leaked. */
  @Override
  public void close() {
    assertThat(target.liveAllocations()).as("slots that leaked").isZero();
    target.close();
  }
}
