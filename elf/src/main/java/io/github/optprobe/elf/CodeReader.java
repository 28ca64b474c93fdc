package io.github.optprobe.elf;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which architecture reads which code of a library. That of a machine with one instruction set
 * reads all of it. In a library for ARM each reads the functions in its own set, and code of which
 * nothing is known is taken for both.
 */
final class CodeReader {
  private final Machine machine;
  private final List<Architecture> architectures;
  private final Map<InstructionSet, Architecture> bySet;
  private final TextReader text;

  /**
   * Creates a reader.
   *
   * @param text where the code lies
   * @throws IllegalArgumentException if there is no architecture
   * @throws IllegalStateException if there are two for one instruction set
   */
  CodeReader(Machine machine, List<Architecture> architectures, TextReader text) {
    this.machine = machine;
    this.architectures = List.copyOf(architectures);
    this.text = text;
    if (architectures.isEmpty()) {
      throw new IllegalArgumentException("no architecture is given");
    }
    bySet =
        architectures.stream()
            .collect(Collectors.toMap(Architecture::instructionSet, Function.identity()));
  }

  TextReader text() {
    return text;
  }

  /** Who reads an extent; empty if nobody can. */
  Optional<Architecture> of(Extents.Extent extent) {
    return machine == Machine.ARM
        ? extent.set().map(bySet::get)
        : Optional.of(architectures.get(0));
  }

  /**
   * Where the direct branches in code of which nothing is known lead to.
   *
   * @param gap as it lies in the text
   * @param isReached whether code in an instruction set is at an address
   */
  Set<Long> targets(AddressRange gap, Reached isReached) {
    Set<Long> targets = new LinkedHashSet<>();
    if (machine == Machine.ARM) {
      bySet.keySet().forEach(set -> addTargets(set, gap, isReached, targets));
    } else {
      architectures.get(0).scan(text, gap).branchesOut().stream()
          .map(CodeScan.Branch::to)
          .forEach(targets::add);
    }
    return targets;
  }

  /** Constants lie between instructions, so that each place where one could stand is looked at. */
  private void addTargets(
      InstructionSet set, AddressRange gap, Reached isReached, Set<Long> targets) {
    int step = set.alignment();
    long at = gap.first() + step - 1 & -step;
    for (; Long.compareUnsigned(at, gap.last()) <= 0; at += step) {
      ArmBranch.at(set, text, at)
          .filter(branch -> isReached.test(branch.to(), branch.set()))
          .ifPresent(branch -> targets.add(branch.to()));
    }
  }

  /** Tells whether there is code of an instruction set at an address. */
  @FunctionalInterface
  interface Reached {
    boolean test(long address, InstructionSet set);
  }
}
