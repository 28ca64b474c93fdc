package io.github.optprobe.x86.libz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.EntryOutcome;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.RefusedException;
import io.github.optprobe.ReturnInstance;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.oracle.ExecutionCounts;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Oracle;
import io.github.optprobe.testkit.oracle.PathMap;
import io.github.optprobe.x86.X86_64;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The library with a return probe on every function, and what the unprobed runs did. */
final class LibzReturns implements AutoCloseable {
  private static final long SEED = 0x5eed;

  private final X86_64 architecture = new X86_64();
  private final EmulatedTarget target = EmulatedTarget.of(architecture);
  private final Libz libz;
  private final Oracle oracle;
  private final Map<Workload, Observation> unprobed = new EnumMap<>(Workload.class);
  private final Map<Workload, ExecutionCounts> counts = new EnumMap<>(Workload.class);

  /** What the calls that the workload itself made returned, in order. */
  private final List<Long> outermost = new ArrayList<>();

  /** The most calls that were in flight at once. */
  private int deepest;

  LibzReturns(Path file) {
    libz = Libz.load(target, file);
    Callbacks.of(libz);
    oracle = Oracle.on(target, libz.libc.imports());
    try (Kprobes none = registry(true)) {
      Cpu cpu = none.newCpu(target.data());
      for (Workload workload : Workload.values()) {
        Observation run =
            oracle.observePath(libz.scenario(workload), SEED, cpu, PathMap.identity());
        unprobed.put(workload, run);
        counts.put(workload, ExecutionCounts.of(run.path()));
      }
    }
  }

  /**
   * Probes all functions, runs all workloads and compares.
   *
   * @param gated whether calls come back through the gate
   */
  Sum probeAll(Tier tier, boolean gated) {
    Sum sum = new Sum();
    Kprobes kprobes = registry(gated);
    Cpu cpu = kprobes.newCpu(target.data());
    List<ReturnProbeHandle<long[]>> probes = registerAll(kprobes, cpu, tier);
    kprobes.runOptimizer();
    probes.forEach(probe -> sum.probed(probe.tier().orElseThrow()));
    for (Workload workload : Workload.values()) {
      compare(kprobes, cpu, workload, probes, sum);
    }
    kprobes.close();
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
    sum.deepest = deepest;
    return sum;
  }

  private List<ReturnProbeHandle<long[]>> registerAll(Kprobes kprobes, Cpu cpu, Tier tier) {
    List<ReturnProbeHandle<long[]>> probes = new ArrayList<>();
    for (CodeMap.Function function : libz.image.functions()) {
      tryRegister(kprobes, cpu, function.body().first(), tier).ifPresent(probes::add);
    }
    return probes;
  }

  private Optional<ReturnProbeHandle<long[]>> tryRegister(
      Kprobes kprobes, Cpu cpu, long function, Tier tier) {
    Kretprobe.Builder<long[]> probe = Kretprobe.at(X86_64.at(function), () -> new long[2]);
    try {
      return Optional.of(
          kprobes.register(
              probe
                  .upTo(tier)
                  .maxActive(64)
                  .entryHandler((call, registers) -> entered(cpu, call, registers))
                  .returnHandler(this::returned)
                  .build()));
    } catch (RefusedException refused) {
      assertThat(refused.refusal().code()).startsWith("X86_");
      return Optional.empty();
    }
  }

  private EntryOutcome entered(Cpu cpu, ReturnInstance<long[]> call, Registers registers) {
    call.data()[0] = registers.stackPointer();
    // A function that another one jumped into finds the trampoline here.
    call.data()[1] = target.data().load(registers.stackPointer(), Long.BYTES);
    deepest = Math.max(deepest, cpu.originalReturnAddresses().length + 1);
    return EntryOutcome.TRACK;
  }

  private void returned(ReturnInstance<long[]> call, Registers registers) {
    assertThat(registers.stackPointer()).isEqualTo(call.data()[0] + Long.BYTES);
    assertThat(registers.programCounter()).isEqualTo(call.returnAddress());
    if (target.isService(call.data()[1])) {
      outermost.add(call.returnValue(registers));
    }
  }

  private void compare(
      Kprobes kprobes,
      Cpu cpu,
      Workload workload,
      List<ReturnProbeHandle<long[]>> probes,
      Sum sum) {
    outermost.clear();
    long[] before = probes.stream().mapToLong(ReturnProbeHandle::hits).toArray();
    Observation probed =
        oracle.observePath(libz.scenario(workload), SEED, cpu, PathMap.of(kprobes));
    oracle.compare(unprobed.get(workload), probed).requireSame("return probes, " + workload);
    for (int i = 0; i < before.length; i++) {
      ReturnProbeHandle<?> probe = probes.get(i);
      long expected = counts.get(workload).count(probe.address().value());
      assertThat(probe.hits() - before[i]).as("calls of %s", probe).isEqualTo(expected);
      assertThat(probe.returns()).as("returns of %s", probe).isEqualTo(probe.hits());
      assertThat(probe.active() + probe.instancesMissed() + probe.nmissed()).isZero();
      sum.calls += expected;
    }
    sum.outermost += outermost.size();
    if (sum.allProbed(libz)) {
      assertThat(outermost).isEqualTo(probed.results());
    }
  }

  /** What became of the probes. */
  static final class Sum {
    private final Map<Tier, Integer> tiers = new EnumMap<>(Tier.class);
    private int probes;
    private long calls;
    private long outermost;
    private int deepest;

    private void probed(Tier tier) {
      probes++;
      tiers.merge(tier, 1, Integer::sum);
    }

    private boolean allProbed(Libz libz) {
      return probes == libz.image.functions().size();
    }

    int in(Tier tier) {
      return tiers.getOrDefault(tier, 0);
    }

    long calls() {
      return calls;
    }

    @Override
    public String toString() {
      return "%d functions %s, %d calls, %d of them the workloads' own, up to %d in flight"
          .formatted(probes, tiers, calls, outermost, deepest);
    }
  }

  /** Without a gate nothing is optimized, and calls come back by a breakpoint. */
  private Kprobes registry(boolean gated) {
    Kprobes.Builder builder =
        Kprobes.builder(target.text()).architecture(architecture).codeMap(libz.image.codeMap());
    return gated ? builder.gate(target.gate()).build() : builder.build();
  }

  /** No slot has leaked. */
  @Override
  public void close() {
    assertThat(target.liveAllocations()).as("slots that leaked").isZero();
    target.close();
  }
}
