package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.testkit.trial.CodeExplorer;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The code that the kit tries an architecture on: what its author gives, and what is found by
 * asking the architecture what decodes. Immutable once it is made.
 */
final class Samples {
  private static final int WARM_UP = 8;
  private static final int MOST_OF_A_KIND = 4;
  private static final int LEAST_RELOCATED = 56;
  private static final int TRIES_FOR_RELOCATED = 8;
  private static final int LEAST_TRIES = 800;
  private static final int UNDECODABLE = 8;
  private static final int MOST_TRIES = 5_000;

  private final List<Sample> all = new ArrayList<>();
  private final Set<Capability> seen = EnumSet.noneOf(Capability.class);
  private final int operations;
  private final List<byte[]> breakpoints;

  /** Some code, and what the architecture makes of its first instruction. */
  @SuppressWarnings("ArrayRecordComponent") // Code of a few bytes that nobody changes.
  record Sample(byte[] code, Optional<PreparedProbe> probe, Optional<PreparedDetour> detour) {
    boolean isOptimizable() {
      return detour.isPresent();
    }
  }

  Samples(Architecture architecture, List<byte[]> given, long seed, int count) {
    given.forEach(code -> add(architecture, code));
    CodeExplorer explorer = new CodeExplorer(architecture, seed);
    // Rare operations are found by and by, and then are as frequent as others.
    for (int i = 0; i < WARM_UP * count; i++) {
      explorer.instruction();
    }
    for (int i = 0; i < count; i++) {
      add(architecture, explorer.code());
    }
    addRelocated(architecture, explorer, count);
    addUndecodable(architecture, seed);
    operations = explorer.operations();
    breakpoints = explorer.breakpoints();
    noteForms(architecture);
    if (architecture.calls().isPresent()) {
      seen.add(Capability.RETURN_PROBES);
    }
  }

  private void add(Architecture architecture, byte[] code) {
    Bed bed = new Bed(architecture, code);
    if (!isWhole(architecture, bed)) {
      return; // What was found piece by piece may decode to something else as a whole.
    }
    Optional<PreparedProbe> probe = Optional.empty();
    Optional<PreparedDetour> detour = Optional.empty();
    try {
      PreparedProbe prepared = bed.prepare();
      probe = Optional.of(prepared);
      prepared.tiers().forEach(tier -> seen.add(Capability.of(tier)));
    } catch (RefusedException refused) {
      all.add(new Sample(code, probe, detour));
      return;
    }
    try {
      PreparedDetour prepared = bed.detour();
      boolean fits = bed.body().contains(prepared.window());
      detour = fits ? Optional.of(prepared) : Optional.empty();
      noteWindow(prepared, probe.get());
    } catch (RefusedException refused) {
      detour = Optional.empty();
    }
    all.add(new Sample(code, probe, detour));
  }

  /**
   * What is not copied as it stands is where the errors are, and is rare: some of each operation,
   * and of each direction where a branch has one.
   */
  private void addRelocated(Architecture architecture, CodeExplorer explorer, int count) {
    Map<String, List<byte[]>> kinds = new TreeMap<>();
    for (int i = 0; i < Math.max(LEAST_TRIES, TRIES_FOR_RELOCATED * count); i++) {
      byte[] code = explorer.code();
      relocationIn(architecture, new Bed(architecture, code))
          .ifPresent(kind -> kinds.computeIfAbsent(kind, first -> new ArrayList<>()).add(code));
    }
    int most = all.size() + Math.max(LEAST_RELOCATED, count / 4);
    for (int round = 0; round < MOST_OF_A_KIND; round++) {
      for (List<byte[]> kind : kinds.values()) {
        if (round < kind.size() && all.size() < most) {
          add(architecture, kind.get(round));
        }
      }
    }
  }

  /** The operation and the direction of an instruction whose copy is not its own bytes. */
  private static Optional<String> relocationIn(Architecture architecture, Bed bed) {
    try {
      PreparedProbe probe = bed.prepare();
      byte[] original = probe.original();
      byte[] copy = probe.copy().bytes();
      int entry = (int) (probe.copy().entry() - probe.copy().start());
      boolean asItStands =
          copy.length >= entry + original.length
              && Arrays.equals(original, Arrays.copyOfRange(copy, entry, entry + original.length));
      return asItStands ? Optional.empty() : Optional.of(kindOf(architecture, bed));
    } catch (RefusedException refused) {
      return Optional.empty();
    }
  }

  private static String kindOf(Architecture architecture, Bed bed) {
    AddressRange first = AddressRange.ofLength(Bed.BASE, 1);
    String operation = architecture.disassemble(bed.memory, first).get(0).text().split(" ", 2)[0];
    List<CodeScan.Branch> branches = bed.scan().branchesInto(AddressRange.ALL);
    Optional<CodeScan.Branch> own =
        branches.stream().filter(branch -> branch.from() == Bed.BASE).findFirst();
    return operation + own.map(branch -> branch.to() < Bed.BASE ? " back" : " on").orElse("");
  }

  /** What refusals look like is to be seen with every architecture. */
  private void addUndecodable(Architecture architecture, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int found = 0;
    for (int i = 0; found < UNDECODABLE && i < MOST_TRIES; i++) {
      byte[] code = new byte[architecture.maxWindowBytes()];
      random.nextBytes(code);
      Bed bed = new Bed(architecture, code);
      boolean breakpoint = architecture.isBreakpoint(bed.memory, Bed.BASE);
      if (!breakpoint && bed.scan().firstUndecodable().orElse(0) == Bed.BASE) {
        all.add(new Sample(code, Optional.empty(), Optional.empty()));
        found++;
      }
    }
  }

  private static boolean isWhole(Architecture architecture, Bed bed) {
    List<InstructionText> lines = architecture.disassemble(bed.memory, bed.body());
    InstructionText last = lines.get(lines.size() - 1);
    return bed.scan().firstUndecodable().isEmpty()
        && last.address() + last.length() == bed.body().last() + 1;
  }

  private void noteWindow(PreparedDetour detour, PreparedProbe probe) {
    seen.add(Capability.of(Tier.OPTIMIZED));
    if (detour.window().length() > probe.original().length) {
      seen.add(Capability.WIDE_WINDOWS);
    }
  }

  private void noteForms(Architecture architecture) {
    if (!all.isEmpty()) {
      Bed bed = new Bed(architecture, all.get(0).code());
      Culprit culprit = architecture.culprit(bed.memory, bed.address());
      Refusal noMemory = new Refusal.NoMemoryInReach(culprit, bed.body(), 1);
      Refusal tooShort = new Refusal.WindowLeavesFunction(culprit, "sample", 1);
      boolean forms =
          !architecture.otherForms(noMemory).isEmpty()
              || !architecture.otherForms(tooShort).isEmpty();
      if (forms) {
        seen.add(Capability.OTHER_JUMPS);
      }
    }
  }

  List<Sample> all() {
    return List.copyOf(all);
  }

  List<Sample> probed() {
    return all.stream().filter(sample -> sample.probe().isPresent()).toList();
  }

  List<Sample> refused() {
    return all.stream().filter(sample -> sample.probe().isEmpty()).toList();
  }

  List<Sample> optimizable() {
    return all.stream().filter(Sample::isOptimizable).toList();
  }

  /** Some of the code that is no sample because the architecture takes it for a breakpoint. */
  List<byte[]> breakpoints() {
    return breakpoints;
  }

  /** What was seen to be offered. */
  Set<Capability> seen() {
    return EnumSet.copyOf(seen);
  }

  /** How many operations were seen. */
  int operations() {
    return operations;
  }
}
