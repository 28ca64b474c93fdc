package io.github.optprobe.elf;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import net.fornwall.jelf.ElfSymbol;

/**
 * The functions that a library's symbols tell of, found without a look at its code. What lies
 * between them in executable sections is code of which nothing is known (local functions, cold
 * parts), and may branch into any function. Immutable and thread-safe.
 */
public final class FunctionTable {
  private final long base;
  private final Map<String, Long> startsByName = new HashMap<>();
  private final TreeMap<Long, ElfFunction> byStart = new TreeMap<>(Long::compareUnsigned);

  FunctionTable(ElfSource source, long base) {
    this.base = base;
    List<AddressRange> code =
        source.code().stream().map(section -> CrossBranches.moved(section, base)).toList();
    NavigableMap<Long, Candidate> candidates = candidates(source, code);
    List<AddressRange> gaps = gaps(code, candidates);
    candidates.forEach((start, candidate) -> byStart.put(start, candidate.function(gaps)));
  }

  /** One for each address, by ascending address; the one with the most code where several start. */
  public List<ElfFunction> functions() {
    return List.copyOf(byStart.values());
  }

  /**
   * A function; empty if there is none of that name, or only an indirect one.
   *
   * @param name any of its names, without a version
   */
  public Optional<ElfFunction> function(String name) {
    return Optional.ofNullable(startsByName.get(name)).map(byStart::get);
  }

  private NavigableMap<Long, Candidate> candidates(ElfSource source, List<AddressRange> code) {
    NavigableMap<Long, Candidate> found = new TreeMap<>(Long::compareUnsigned);
    for (ElfSymbol symbol : source.symbols()) {
      if (symbol.getType() == ElfSymbol.STT_FUNC && symbol.st_shndx != 0 && symbol.st_size > 0) {
        AddressRange body = AddressRange.ofLength(base + source.addressOf(symbol), symbol.st_size);
        if (code.stream().anyMatch(section -> section.contains(body))) {
          startsByName.putIfAbsent(symbol.getName(), body.first());
          InstructionSet set = source.machine().setOf(symbol.st_value);
          found.merge(body.first(), new Candidate(symbol.getName(), body, set), Candidate::longer);
        }
      }
    }
    return withoutInner(found);
  }

  /** A symbol inside another's body is a second entry; the outer one's body has all its code. */
  private static NavigableMap<Long, Candidate> withoutInner(NavigableMap<Long, Candidate> found) {
    NavigableMap<Long, Candidate> outer = new TreeMap<>(Long::compareUnsigned);
    for (Candidate candidate : found.values()) {
      var below = outer.lastEntry();
      if (below == null || !below.getValue().body.overlaps(candidate.body)) {
        outer.put(candidate.body.first(), candidate);
      }
    }
    return outer;
  }

  private static List<AddressRange> gaps(
      List<AddressRange> code, NavigableMap<Long, Candidate> functions) {
    List<AddressRange> gaps = new ArrayList<>();
    for (AddressRange section : code) {
      long at = section.first();
      for (Candidate function : functions.subMap(section.first(), section.last()).values()) {
        addGap(at, function.body.first(), gaps);
        at = function.body.last() + 1;
      }
      addGap(at, section.last() + 1, gaps);
    }
    return gaps;
  }

  private static void addGap(long from, long to, List<AddressRange> gaps) {
    if (from != to) {
      gaps.add(new AddressRange(from, to - 1));
    }
  }

  private record Candidate(String name, AddressRange body, InstructionSet set) {
    ElfFunction function(List<AddressRange> gaps) {
      return new ElfFunction(new CodeMap.Function(name, body, gaps), set);
    }

    static Candidate longer(Candidate one, Candidate other) {
      return other.body.length() > one.body.length() ? other : one;
    }
  }
}
