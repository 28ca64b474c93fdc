package io.github.optprobe.testkit.elf;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import java.util.HashMap;
import java.util.Map;
import net.fornwall.jelf.ElfSymbol;

/** Applies the dynamic relocations of an image. */
final class Relocator {
  private static final int UNDEFINED_SECTION = 0;

  private final EmulatedTarget target;
  private final ElfSource source;
  private final long base;
  private final Imports imports;
  private final DataCells dataCells;
  private final Map<String, Long> importAddresses = new HashMap<>();

  Relocator(
      EmulatedTarget target, ElfSource source, long base, Imports imports, DataCells dataCells) {
    this.target = target;
    this.source = source;
    this.base = base;
    this.imports = imports;
    this.dataCells = dataCells;
  }

  void apply() {
    source.relocations().forEach(this::apply);
  }

  /** Where the imported functions' stubs are. */
  Map<String, Long> importAddresses() {
    return importAddresses;
  }

  private void apply(ElfSource.Relocation relocation) {
    RelocationType type = RelocationType.of(source.machine(), relocation.type());
    long place = base + relocation.offset();
    if (type == RelocationType.NONE) {
      return;
    }
    long value =
        switch (type) {
          case NONE, UNSUPPORTED -> throw unsupported(relocation);
          case RELATIVE -> base + addend(relocation);
          case ABSOLUTE -> displaced(relocation);
          case PC_RELATIVE -> displaced(relocation) - place;
          case ADDRESS -> addressOf(relocation);
        };
    target.data().store(place, source.wordBytes(), value);
  }

  /** Symbol plus addend; the mark of a pointer to T32 code stays one, whatever is added. */
  private long displaced(ElfSource.Relocation relocation) {
    ElfSymbol symbol = source.symbolOf(relocation);
    long mark = symbol.st_value - source.addressOf(symbol);
    return addressOf(relocation) - mark + addend(relocation) | mark;
  }

  private long addend(ElfSource.Relocation relocation) {
    return relocation
        .addend()
        .orElseGet(() -> target.data().load(base + relocation.offset(), source.wordBytes()));
  }

  private UnsupportedRelocationException unsupported(ElfSource.Relocation relocation) {
    return new UnsupportedRelocationException(
        source.name(),
        relocation.type(),
        RelocationType.nameOf(source.machine(), relocation.type()),
        relocation.offset(),
        symbolName(relocation));
  }

  private long addressOf(ElfSource.Relocation relocation) {
    ElfSymbol symbol = source.symbolOf(relocation);
    if (symbol.st_shndx != UNDEFINED_SECTION) {
      return base + symbol.st_value;
    }
    String name = nameOf(symbol);
    boolean weak = symbol.getBinding() == ElfSymbol.BINDING_WEAK;
    if (weak && !imports.defines(name)) {
      return 0;
    }
    if (symbol.getType() == ElfSymbol.STT_OBJECT) {
      return dataCells.of(name);
    }
    return importAddresses.computeIfAbsent(
        name, unused -> target.addHostFunction(imports.stub(name)));
  }

  private String symbolName(ElfSource.Relocation relocation) {
    return relocation.symbol() == 0 ? "" : nameOf(source.symbolOf(relocation));
  }

  private static String nameOf(ElfSymbol symbol) {
    String name = symbol.getName();
    return name == null ? "" : name;
  }
}
