package io.github.optprobe.elf;

import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSymbol;

/**
 * Where the functions of a library lie, and where they may be entered besides their starts as far
 * as the file says so. The unwind information tells of all that compilers made, cold parts too,
 * whether or not there are symbols; symbols tell of functions without it. A symbol inside a
 * function, as assembly code has them, is another place to enter it. Of libraries for ARM {@link
 * ArmExtents} tells the same.
 *
 * <p>Addresses are those of the file, before it is moved to its base.
 */
final class Extents {
  private final ElfSource source;
  private final List<AddressRange> code;
  private final NavigableMap<Long, Extent> byStart = new TreeMap<>(Long::compareUnsigned);
  private final Map<Long, Set<Long>> landings = new HashMap<>();

  /**
   * A function, or a part of one that a compiler put elsewhere.
   *
   * @param name a symbol's, or empty
   * @param set the instruction set; empty if it is not known
   * @param closed whether the file says where it ends, and each place where it may be entered that
   *     no branch leads to; if not, there may be another function behind it
   */
  record Extent(String name, AddressRange body, Optional<InstructionSet> set, boolean closed) {}

  private Extents(ElfSource source) {
    this.source = source;
    this.code = source.code();
  }

  /**
   * Those of a library.
   *
   * @param otherwise the instruction set of what nothing tells it of
   */
  static Extents of(ElfSource source, Optional<InstructionSet> otherwise) {
    Extents extents = new Extents(source);
    if (source.machine() == Machine.ARM) {
      new ArmExtents(source, extents, otherwise).addAll();
    } else {
      extents.addAll();
    }
    return extents;
  }

  private void addAll() {
    List<FrameTable.Frame> frames = frames();
    frames.forEach(frame -> add("", AddressRange.ofLength(frame.start(), frame.length())));
    List<ElfSymbol> symbols = source.functionSymbols();
    symbols.forEach(this::addSymbol);
    symbols.forEach(symbol -> addLanding(symbol.st_value));
    addLandingPads(frames);
  }

  Collection<Extent> all() {
    return byStart.values();
  }

  /** The extent that holds an address. */
  Optional<Extent> at(long address) {
    return Optional.ofNullable(byStart.floorEntry(address))
        .map(Map.Entry::getValue)
        .filter(extent -> extent.body.contains(address));
  }

  /** The known places to enter an extent behind its start. */
  Set<Long> landings(Extent extent) {
    return landings.getOrDefault(extent.body.first(), Set.of());
  }

  /** Notes a place to enter code; whether it is behind the start of an extent, and new. */
  boolean addLanding(long address) {
    Optional<Extent> inside = at(address).filter(extent -> extent.body.first() != address);
    return inside.isPresent()
        && landings
            .computeIfAbsent(inside.get().body.first(), unused -> new TreeSet<>())
            .add(address);
  }

  /** Code that is in no extent. */
  List<AddressRange> gaps() {
    List<AddressRange> gaps = new ArrayList<>();
    for (AddressRange section : code) {
      long at = section.first();
      for (Extent extent : byStart.subMap(section.first(), true, section.last(), true).values()) {
        addGap(at, extent.body.first(), gaps);
        at = extent.body.last() + 1;
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

  private List<FrameTable.Frame> frames() {
    return source
        .section(".eh_frame")
        .map(
            section ->
                FrameTable.read(
                    source.contentOf(section), section.header.sh_addr, source.wordBytes()))
        .orElse(List.of());
  }

  private void addLandingPads(List<FrameTable.Frame> frames) {
    Optional<ElfSection> section = source.section(".gcc_except_table");
    if (section.isPresent()) {
      CallSites sites =
          new CallSites(
              source.contentOf(section.get()), section.get().header.sh_addr, source.wordBytes());
      for (FrameTable.Frame frame : frames) {
        if (frame.callSites().isPresent()) {
          sites.landingPads(frame.callSites().getAsLong(), frame.start()).forEach(this::addLanding);
        }
      }
    }
  }

  /** Names the extent that starts there, or is one where nothing is known yet. */
  private void addSymbol(ElfSymbol symbol) {
    Extent known = byStart.get(symbol.st_value);
    if (known == null) {
      addUnlessEmpty(symbol);
    } else if (known.name.isEmpty()) {
      put(new Extent(symbol.getName(), known.body, known.set, known.closed));
    }
  }

  private void addUnlessEmpty(ElfSymbol symbol) {
    if (symbol.st_size > 0) {
      add(symbol.getName(), AddressRange.ofLength(symbol.st_value, symbol.st_size));
    }
  }

  private void add(String name, AddressRange body) {
    add(new Extent(name, body, Optional.of(source.machine().setOf(body.first())), true));
  }

  /** Adds an extent if it is code, and cuts off what others know better. */
  void add(Extent extent) {
    AddressRange body = extent.body;
    boolean isCode = code.stream().anyMatch(section -> section.contains(body));
    if (!isCode || at(body.first()).isPresent()) {
      return;
    }
    Long next = byStart.higherKey(body.first());
    boolean cut = next != null && Long.compareUnsigned(next, body.last()) <= 0;
    AddressRange free = cut ? new AddressRange(body.first(), next - 1) : body;
    put(new Extent(extent.name, free, extent.set, extent.closed));
  }

  /** Puts an extent in the place of the one that starts where it does. */
  void put(Extent extent) {
    byStart.put(extent.body.first(), extent);
  }

  /**
   * The code from an address to the next extent or to the end of its section; empty if it is none.
   */
  Optional<AddressRange> freeFrom(long address) {
    return gaps().stream()
        .filter(gap -> gap.contains(address))
        .map(gap -> new AddressRange(address, gap.last()))
        .findFirst();
  }
}
