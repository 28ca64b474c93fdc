package io.github.optprobe.arm32.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arm32.A32;
import io.github.optprobe.arm32.T32;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
import io.github.optprobe.testkit.oracle.Comparison;
import io.github.optprobe.testkit.oracle.ExecutionCounts;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Oracle;
import io.github.optprobe.testkit.oracle.PathMap;
import io.github.optprobe.testkit.oracle.Scenario;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;

/** A library in an emulated target, and what its scenarios do there without and with probes. */
final class Program implements AutoCloseable {
  private static final long BASE = 0x40_0000L;
  private static final long SEED = 0x5eed;

  final EmulatedTarget target;
  final ElfImage image;
  private final List<Architecture> architectures = List.of(new A32(), new T32());
  private final List<ElfFunction> functions;
  private final CodeMap map;
  private final byte[] original;
  private final Set<Long> conditional = new HashSet<>();
  private final List<CodeAddress> boundaries;
  private final Oracle oracle;

  /**
   * Loads a library.
   *
   * @param imports what it calls, made for the target
   */
  Program(ElfLibrary library, byte[] file, Function<EmulatedTarget, Imports> imports) {
    target = target(architectures.get(0));
    Imports all = imports.apply(target);
    image = ElfImage.load(target, library.name(), file, BASE, all);
    functions = library.functions(BASE, architectures, target.text());
    map = CodeMap.of(functions.stream().map(ElfFunction::function).toList());
    boundaries = findBoundaries();
    original = textNow();
    oracle = Oracle.on(target, all);
  }

  private static EmulatedTarget target(Architecture architecture) {
    try {
      return EmulatedTarget.of(architecture);
    } catch (EmulatorUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }

  /** All instructions of all functions, by ascending address. */
  List<CodeAddress> boundaries() {
    return boundaries;
  }

  private List<CodeAddress> findBoundaries() {
    List<CodeAddress> all = new ArrayList<>();
    for (ElfFunction function : functions) {
      ScanScope scope =
          new ScanScope(
              function.body(),
              function.function().landings().addresses(),
              function.function().mayBranchIn());
      long[] found = architecture(function).scan(target.text(), scope).boundaries();
      noteConditions(function, found);
      for (long address : found) {
        all.add(new CodeAddress(address, function.instructionSet()));
      }
    }
    return all;
  }

  /** Those that have a condition, of their own or of their IT block. */
  private void noteConditions(ElfFunction function, long[] addresses) {
    ArmSet set = function.instructionSet().equals(A32.INSTRUCTION_SET) ? ArmSet.A32 : ArmSet.T32;
    ArmDecoder decoder = ArmDecoder.of(set);
    ItState it = ItState.OUTSIDE;
    long expected = 0;
    for (long address : addresses) {
      it = address == expected ? it : ItState.OUTSIDE;
      byte[] bytes = target.readBytes(address, Integer.BYTES);
      Instruction each = (Instruction) decoder.decode(bytes, 0, bytes.length, address, it);
      if (it.inBlock() || each.condition() != Condition.AL) {
        conditional.add(address);
      }
      it = each.nextIt();
      expected = each.nextAddress();
    }
  }

  private Architecture architecture(ElfFunction function) {
    return architectures.stream()
        .filter(each -> each.instructionSet().equals(function.instructionSet()))
        .findFirst()
        .orElseThrow();
  }

  /** A run without any probe, with its path. */
  Observation unprobed(Scenario scenario) {
    try (Kprobes none = registry()) {
      Cpu cpu = none.newCpu(target.data());
      return oracle.observePath(scenario, SEED, cpu, PathMap.identity());
    }
  }

  /** Probes all of some addresses at once, runs the scenario again, and compares. */
  void probe(
      List<CodeAddress> addresses,
      Tier tier,
      Scenario scenario,
      Observation expected,
      Sweep sweep) {
    ExecutionCounts counts = ExecutionCounts.of(expected.path());
    try (Kprobes kprobes = registry()) {
      List<ProbeHandle> probes = registerAll(kprobes, addresses, tier, sweep);
      kprobes.runOptimizer();
      probes.forEach(each -> sweep.probed(each.tier().orElseThrow(), whyNot(each)));
      Cpu cpu = kprobes.newCpu(target.data());
      Observation probed =
          sweep.comparesPaths()
              ? oracle.observePath(scenario, SEED, cpu, PathMap.of(kprobes))
              : oracle.observe(scenario, SEED, cpu);
      Comparison comparison =
          oracle.compare(sweep.comparesPaths() ? expected : expected.withoutPath(), probed);
      if (!comparison.isSame()) {
        sweep.differs("%s, %s: %s".formatted(tier, named(addresses), comparison));
      }
      probes.forEach(each -> checkHits(each, counts, sweep));
    }
    assertThat(textNow()).isEqualTo(original);
  }

  private static String named(List<CodeAddress> addresses) {
    return addresses.size() == 1 ? addresses.get(0) + "" : addresses.size() + " probes";
  }

  /** An instruction whose condition fails is executed, and hits no probe. */
  private void checkHits(ProbeHandle probe, ExecutionCounts counts, Sweep sweep) {
    long executed = counts.count(probe.address().value());
    boolean may = conditional.contains(probe.address().value());
    boolean right = may ? probe.hits() <= executed : probe.hits() == executed;
    sweep.hit(probe.hits());
    if (!right) {
      sweep.differs("%s: hits %d, executed %d".formatted(probe, probe.hits(), executed));
    }
  }

  private static List<ProbeHandle> registerAll(
      Kprobes kprobes, List<CodeAddress> addresses, Tier tier, Sweep sweep) {
    List<ProbeHandle> probes = new ArrayList<>();
    for (CodeAddress address : addresses) {
      try {
        Kprobe probe = Kprobe.at(address).onHit(registers -> {}).upTo(tier).build();
        probes.add(kprobes.register(probe));
      } catch (RefusedException refused) {
        sweep.refused(refused.refusal().code());
      }
    }
    return probes;
  }

  private static String whyNot(ProbeHandle probe) {
    return probe.whyNotOptimized().map(Refusal::code).orElse("");
  }

  private Kprobes registry() {
    Kprobes.Builder builder = Kprobes.builder(target.text()).codeMap(map).gate(target.gate());
    architectures.forEach(builder::architecture);
    return builder.build();
  }

  private byte[] textNow() {
    long first = functions.get(0).body().first();
    long last = functions.get(functions.size() - 1).body().last();
    return target.readBytes(first, (int) (last - first + 1));
  }

  /** Ends the program: no slot has leaked. */
  @Override
  public void close() {
    assertThat(target.liveAllocations()).as("slots that leaked").isZero();
    target.close();
  }
}
