package io.github.optprobe.elf;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.text.AddressRange;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the branches from one function into the middle of another. What is found may be another
 * place to enter a function, or another part of it that its jump tables lead to, so that the
 * functions concerned are scanned again until nothing is new. Of code in no function only the
 * direct branches are seen.
 */
final class CrossBranches {
  private final Extents extents;
  private final long base;
  private final CodeReader code;
  private final Map<Long, Set<AddressRange>> related = new HashMap<>();

  CrossBranches(Extents extents, long base, CodeReader code) {
    this.extents = extents;
    this.base = base;
    this.code = code;
  }

  static AddressRange moved(AddressRange range, long by) {
    return new AddressRange(range.first() + by, range.last() + by);
  }

  /** Adds all landings. */
  void find() {
    for (AddressRange gap : extents.gaps()) {
      addLandings(gap);
    }
    for (Extents.Extent extent : extents.all()) {
      if (code.of(extent).isEmpty()) {
        addLandings(extent.body());
      }
    }
    Set<Long> todo = new TreeSet<>();
    extents.all().forEach(extent -> todo.add(extent.body().first()));
    Set<Long> again = scan(todo);
    while (!again.isEmpty()) {
      again = scan(again);
    }
  }

  private void addLandings(AddressRange unknown) {
    for (long target : code.targets(moved(unknown, base), this::isInSet)) {
      extents.addLanding(target - base);
    }
  }

  private boolean isInSet(long address, InstructionSet set) {
    return extents.at(address - base).flatMap(Extents.Extent::set).filter(set::equals).isPresent();
  }

  /** The other parts that branch into the middle of an extent, or that it branches into. */
  List<AddressRange> related(Extents.Extent extent) {
    return List.copyOf(related.getOrDefault(extent.body().first(), Set.of()));
  }

  /** Scans extents; which are to be scanned again. */
  private Set<Long> scan(Set<Long> starts) {
    Set<Long> again = new TreeSet<>();
    for (long start : starts) {
      Extents.Extent extent = extents.at(start).orElseThrow();
      Optional<Architecture> reader = code.of(extent);
      if (reader.isPresent()) {
        for (CodeScan.Branch branch : scan(extent, reader.get()).branchesOut()) {
          note(extent, branch.to() - base, again);
        }
      }
    }
    return again;
  }

  private CodeScan scan(Extents.Extent extent, Architecture architecture) {
    List<Long> entries = extents.landings(extent).stream().map(each -> each + base).toList();
    ScanScope scope = new ScanScope(moved(extent.body(), base), entries, related(extent));
    return architecture.scan(code.text(), scope);
  }

  private void note(Extents.Extent from, long target, Set<Long> again) {
    Optional<Extents.Extent> to = extents.at(target);
    if (to.isPresent() && to.get().body().first() != target) {
      boolean news = extents.addLanding(target);
      news |= relate(from, to.get());
      news |= relate(to.get(), from);
      if (news) {
        again.addAll(List.of(from.body().first(), to.get().body().first()));
      }
    }
  }

  private boolean relate(Extents.Extent one, Extents.Extent other) {
    return related
        .computeIfAbsent(one.body().first(), unused -> new LinkedHashSet<>())
        .add(moved(other.body(), base));
  }
}
