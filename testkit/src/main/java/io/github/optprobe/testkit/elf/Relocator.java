package io.github.optprobe.testkit.elf;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import java.util.HashMap;
import java.util.Map;
import net.fornwall.jelf.ElfRelocationAddend;
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

  private void apply(ElfRelocationAddend relocation) {
    long type = relocation.getType();
    if (type == RelocationType.NONE) {
      return;
    }
    long value =
        switch ((int) type) {
          case RelocationType.RELATIVE -> base + relocation.r_addend;
          case RelocationType.ABSOLUTE_64 -> addressOf(relocation) + relocation.r_addend;
          case RelocationType.GLOB_DAT, RelocationType.JUMP_SLOT -> addressOf(relocation);
          default ->
              throw new UnsupportedRelocationException(
                  source.name(), type, relocation.r_offset, symbolName(relocation));
        };
    target.data().store(base + relocation.r_offset, Long.BYTES, value);
  }

  private long addressOf(ElfRelocationAddend relocation) {
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

  private String symbolName(ElfRelocationAddend relocation) {
    return relocation.getSymbolIndex() == 0 ? "" : nameOf(source.symbolOf(relocation));
  }

  private static String nameOf(ElfSymbol symbol) {
    String name = symbol.getName();
    return name == null ? "" : name;
  }
}
