package io.github.optprobe.testkit.elf;

import io.github.optprobe.elf.DynamicRelocation;
import io.github.optprobe.elf.DynamicSymbol;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import java.util.HashMap;
import java.util.Map;

/** Applies the dynamic relocations of an image. */
final class Relocator {
  private final EmulatedTarget target;
  private final ElfLibrary library;
  private final long base;
  private final Imports imports;
  private final DataCells dataCells;
  private final Map<String, Long> importAddresses = new HashMap<>();

  Relocator(
      EmulatedTarget target, ElfLibrary library, long base, Imports imports, DataCells dataCells) {
    this.target = target;
    this.library = library;
    this.base = base;
    this.imports = imports;
    this.dataCells = dataCells;
  }

  void apply() {
    library.relocations().forEach(this::apply);
  }

  /** Where the imported functions' stubs are. */
  Map<String, Long> importAddresses() {
    return importAddresses;
  }

  private void apply(DynamicRelocation relocation) {
    RelocationType type = RelocationType.of(library.machine(), relocation.type());
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
    target.data().store(place, library.machine().wordBytes(), value);
  }

  /** Symbol plus addend; the mark of a pointer to T32 code stays one, whatever is added. */
  private long displaced(DynamicRelocation relocation) {
    DynamicSymbol symbol = relocation.symbol();
    long mark = symbol.value() - symbol.address();
    return addressOf(relocation) - mark + addend(relocation) | mark;
  }

  private long addend(DynamicRelocation relocation) {
    return relocation
        .addend()
        .orElseGet(
            () -> target.data().load(base + relocation.offset(), library.machine().wordBytes()));
  }

  private UnsupportedRelocationException unsupported(DynamicRelocation relocation) {
    return new UnsupportedRelocationException(
        library.name(),
        relocation.type(),
        RelocationType.nameOf(library.machine(), relocation.type()),
        relocation.offset(),
        relocation.symbol().name());
  }

  private long addressOf(DynamicRelocation relocation) {
    DynamicSymbol symbol = relocation.symbol();
    if (symbol.defined()) {
      return base + symbol.value();
    }
    String name = symbol.name();
    if (symbol.weak() && !imports.defines(name)) {
      return 0;
    }
    if (symbol.object()) {
      return dataCells.of(name);
    }
    return importAddresses.computeIfAbsent(
        name, unused -> target.addHostFunction(imports.stub(name)));
  }
}
