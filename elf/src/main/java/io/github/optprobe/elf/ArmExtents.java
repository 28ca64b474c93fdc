package io.github.optprobe.elf;

import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSymbol;

/**
 * What the file of a library for ARM tells of its functions. A symbol with a size tells all: start,
 * end and instruction set. One without a size, and an entry of the unwind index, tell of a start;
 * such a function goes on to the next start that is known, and may have others behind it of which
 * nobody tells. The instruction set of a start in the unwind index is known if there are mapping
 * symbols, or a pointer to it in the data.
 */
final class ArmExtents {
  private final ElfSource source;
  private final Extents extents;
  private final MappingSymbols marks;
  private final Optional<InstructionSet> otherwise;
  private final NavigableMap<Long, UnwindIndex.Entry> unwinding = new TreeMap<>();

  ArmExtents(ElfSource source, Extents extents, Optional<InstructionSet> otherwise) {
    this.source = source;
    this.extents = extents;
    this.otherwise = otherwise;
    marks = new MappingSymbols(source);
  }

  void addAll() {
    readIndex();
    List<ElfSymbol> symbols = source.functionSymbols();
    symbols.stream().filter(symbol -> symbol.st_size > 0).forEach(this::addSized);
    List<Extents.Extent> starts = new ArrayList<>();
    symbols.stream()
        .filter(symbol -> symbol.st_size == 0)
        .forEach(symbol -> starts.add(start(symbol.getName(), symbol.st_value)));
    pointers().forEach(pointer -> starts.add(start("", pointer)));
    unwinding.keySet().stream().map(this::start).forEach(starts::add);
    starts.forEach(this::addOpen);
    symbols.forEach(symbol -> extents.addLanding(source.addressOf(symbol)));
    addLandingPads();
  }

  private void readIndex() {
    Optional<ElfSection> section = source.section(".ARM.exidx");
    if (section.isPresent()) {
      byte[] content = source.contentOf(section.get());
      for (UnwindIndex.Entry entry : UnwindIndex.read(content, section.get().header.sh_addr)) {
        unwinding.putIfAbsent(entry.start(), entry);
      }
    }
  }

  private void addSized(ElfSymbol symbol) {
    AddressRange body = AddressRange.ofLength(source.addressOf(symbol), symbol.st_size);
    extents.add(
        new Extents.Extent(symbol.getName(), body, Optional.of(ArmSets.of(symbol.st_value)), true));
  }

  /** Pointers in the data to starts in the unwind index; others may be to labels in functions. */
  private List<Long> pointers() {
    return source.relativePointers().stream()
        .filter(pointer -> unwinding.containsKey(ArmSets.plain(pointer)))
        .toList();
  }

  private static Extents.Extent start(String name, long pointer) {
    return new Extents.Extent(
        name,
        AddressRange.ofLength(ArmSets.plain(pointer), 1),
        Optional.of(ArmSets.of(pointer)),
        false);
  }

  private Extents.Extent start(long address) {
    return new Extents.Extent("", AddressRange.ofLength(address, 1), setAt(address), false);
  }

  /** Nobody tells the set of data, if there are marks that say what is data. */
  private Optional<InstructionSet> setAt(long address) {
    return marks.areThere() ? marks.setAt(address) : otherwise;
  }

  /** Adds a function of which the start is known: it ends where another one begins. */
  private void addOpen(Extents.Extent start) {
    Optional<Extents.Extent> there = extents.at(start.body().first());
    if (there.isPresent() && !there.get().closed()) {
      cut(there.get(), start.body().first() - 1);
    }
    extents
        .freeFrom(start.body().first())
        .ifPresent(body -> extents.add(new Extents.Extent(start.name(), body, start.set(), false)));
  }

  private void cut(Extents.Extent extent, long last) {
    if (Long.compareUnsigned(extent.body().first(), last) < 0) {
      AddressRange left = new AddressRange(extent.body().first(), last);
      extents.put(new Extents.Extent(extent.name(), left, extent.set(), false));
    }
  }

  private void addLandingPads() {
    Optional<ElfSection> section = source.section(".ARM.extab");
    if (section.isPresent()) {
      HandlerTables tables =
          new HandlerTables(source.contentOf(section.get()), section.get().header.sh_addr);
      for (UnwindIndex.Entry entry : unwinding.values()) {
        if (entry.kind() == UnwindIndex.Kind.TABLE) {
          addLandingPads(tables.landingPads(entry.table(), entry.start()), entry.start());
        }
      }
    }
  }

  /** Pads outside the function say that its table was misread: then nothing is known. */
  private void addLandingPads(Optional<List<Long>> pads, long function) {
    Optional<Extents.Extent> extent = extents.at(function);
    if (extent.isPresent()) {
      AddressRange body = extent.get().body();
      if (pads.isPresent() && pads.get().stream().allMatch(body::contains)) {
        pads.get().forEach(extents::addLanding);
      } else {
        extents.put(new Extents.Extent(extent.get().name(), body, extent.get().set(), false));
      }
    }
  }
}
