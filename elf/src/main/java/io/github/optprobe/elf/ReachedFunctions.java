package io.github.optprobe.elf;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Follows the direct branches out of the functions of a library for ARM, and the calls in them.
 * What they lead to is code, in an instruction set that the branch tells: nothing else tells it of
 * local functions of a stripped library. A call leads to the start of a function; a jump to one
 * too, or to a part of a function that stands apart.
 */
final class ReachedFunctions {
  private final Extents extents;
  private final long base;
  private final CodeReader code;
  private final Deque<Long> todo = new ArrayDeque<>();

  ReachedFunctions(Extents extents, long base, CodeReader code) {
    this.extents = extents;
    this.base = base;
    this.code = code;
  }

  /** Adds all that are reached, from one to the next. */
  void find() {
    extents.all().forEach(extent -> todo.add(extent.body().first()));
    while (!todo.isEmpty()) {
      Optional<Extents.Extent> extent = extents.at(todo.remove());
      extent.map(this::branches).orElse(List.of()).forEach(this::note);
    }
  }

  private List<ArmBranch> branches(Extents.Extent extent) {
    Optional<Architecture> reader = code.of(extent);
    return reader.isPresent() ? branches(extent, reader.get()) : List.of();
  }

  private List<ArmBranch> branches(Extents.Extent extent, Architecture architecture) {
    AddressRange body = CrossBranches.moved(extent.body(), base);
    List<Long> entries = extents.landings(extent).stream().map(each -> each + base).toList();
    CodeScan scan = architecture.scan(code.text(), new ScanScope(body, entries, List.of()));
    Stream<ArmBranch> within =
        direct(scan.branchesInto(body), architecture).filter(ArmBranch::call);
    return Stream.concat(direct(scan.branchesOut(), architecture), within).toList();
  }

  private Stream<ArmBranch> direct(List<CodeScan.Branch> branches, Architecture architecture) {
    return branches.stream()
        .filter(CodeScan.Branch::direct)
        .map(branch -> ArmBranch.at(architecture.instructionSet(), code.text(), branch.from()))
        .flatMap(Optional::stream);
  }

  private void note(ArmBranch branch) {
    long start = branch.to() - base;
    Optional<Extents.Extent> there = extents.at(start);
    if (there.isEmpty()) {
      extents.freeFrom(start).ifPresent(body -> add(body, branch.set()));
    } else if (there.get().body().first() == start) {
      learn(there.get(), branch.set());
    } else if (branch.call() && !there.get().closed()) {
      split(there.get(), start, branch.set());
    }
  }

  private void add(AddressRange body, InstructionSet set) {
    put(new Extents.Extent("", body, Optional.of(set), false));
  }

  private void learn(Extents.Extent extent, InstructionSet set) {
    if (extent.set().isEmpty()) {
      put(new Extents.Extent(extent.name(), extent.body(), Optional.of(set), false));
    }
  }

  private void split(Extents.Extent extent, long start, InstructionSet set) {
    AddressRange body = extent.body();
    AddressRange left = new AddressRange(body.first(), start - 1);
    put(new Extents.Extent(extent.name(), left, extent.set(), false));
    add(new AddressRange(start, body.last()), set);
  }

  private void put(Extents.Extent extent) {
    extents.put(extent);
    todo.add(extent.body().first());
  }
}
