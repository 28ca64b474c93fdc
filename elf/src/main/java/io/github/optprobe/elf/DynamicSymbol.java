package io.github.optprobe.elf;

import net.fornwall.jelf.ElfSymbol;

/**
 * What a relocation refers to: a symbol of the table that the dynamic linker reads. System V ABI,
 * Generic, 4 (Symbol Table). Immutable and thread-safe.
 *
 * @param name without a version; empty for the symbol of relocations that have none
 * @param value as it stands in the file: for a function of T32, with bit 0 set
 * @param address the value without such a mark; of a defined symbol, an address in the library
 *     before it is moved to its base
 * @param defined whether the library has it itself; if not, it is an import
 * @param weak whether it may be missing, and is 0 then
 * @param object whether it is a variable
 */
public record DynamicSymbol(
    String name, long value, long address, boolean defined, boolean weak, boolean object) {
  static final DynamicSymbol NONE = new DynamicSymbol("", 0, 0, false, false, false);

  private static final int UNDEFINED_SECTION = 0;

  static DynamicSymbol of(ElfSymbol symbol, long address) {
    String name = symbol.getName();
    return new DynamicSymbol(
        name == null ? "" : name,
        symbol.st_value,
        address,
        symbol.st_shndx != UNDEFINED_SECTION,
        symbol.getBinding() == ElfSymbol.BINDING_WEAK,
        symbol.getType() == ElfSymbol.STT_OBJECT);
  }
}
