package io.github.optprobe.testkit.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.fornwall.jelf.ElfException;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfRelocationAddend;
import net.fornwall.jelf.ElfRelocationAddendSection;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;

/** The file as jelf reads it: the one place that knows jelf's shape. */
final class ElfSource {
  private static final long FLAG_ALLOC = 2;

  private final String name;
  private final byte[] bytes;
  private final ElfFile file;

  ElfSource(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
    try {
      file = ElfFile.from(bytes);
    } catch (ElfException | IndexOutOfBoundsException broken) {
      throw new ElfImageException(name, "is no ELF file: " + broken.getMessage(), broken);
    }
    requireSupported();
  }

  String name() {
    return name;
  }

  /** The segments that are loaded. */
  List<ElfSegment> segments() {
    List<ElfSegment> loaded = new ArrayList<>();
    for (int i = 0; i < file.e_phnum; i++) {
      ElfSegment segment = file.getProgramHeader(i);
      if (segment.p_type == ElfSegment.PT_LOAD && segment.p_memsz > 0) {
        loaded.add(segment);
      }
    }
    return loaded;
  }

  /** What the file holds of a segment. */
  byte[] contentOf(ElfSegment segment) {
    int from = (int) segment.p_offset;
    return Arrays.copyOfRange(bytes, from, from + (int) segment.p_filesz);
  }

  List<ElfSection> sections() {
    List<ElfSection> sections = new ArrayList<>();
    for (int i = 1; i < file.e_shnum; i++) {
      sections.add(file.getSection(i));
    }
    return sections;
  }

  /** The relocations that a loader applies; those for debuggers are not loaded themselves. */
  List<ElfRelocationAddend> relocations() {
    return sections().stream()
        .filter(section -> (section.header.sh_flags & FLAG_ALLOC) != 0)
        .filter(ElfRelocationAddendSection.class::isInstance)
        .flatMap(section -> List.of(((ElfRelocationAddendSection) section).relocations).stream())
        .toList();
  }

  /** All symbols, those of the static table first: it knows more. */
  List<ElfSymbol> symbols() {
    List<ElfSymbol> symbols = new ArrayList<>();
    addSymbols(ElfSectionHeader.SHT_SYMTAB, symbols);
    addSymbols(ElfSectionHeader.SHT_DYNSYM, symbols);
    return symbols;
  }

  /** The symbol of a relocation. jelf's own look-up takes the wrong table. */
  ElfSymbol symbolOf(ElfRelocationAddend relocation) {
    for (ElfSection section : file.sectionsOfType(ElfSectionHeader.SHT_DYNSYM)) {
      return ((ElfSymbolTableSection) section).symbols[relocation.getSymbolIndex()];
    }
    throw new ElfImageException(name, "has relocations and no dynamic symbols");
  }

  private void addSymbols(int sectionType, List<ElfSymbol> into) {
    for (ElfSection section : file.sectionsOfType(sectionType)) {
      into.addAll(List.of(((ElfSymbolTableSection) section).symbols));
    }
  }

  private void requireSupported() {
    if (file.ei_class != ElfFile.CLASS_64
        || file.ei_data != ElfFile.DATA_LSB
        || file.e_machine != ElfFile.ARCH_X86_64
        || file.e_type != ElfFile.ET_DYN) {
      throw new ElfImageException(name, "is no shared library for x86-64");
    }
  }
}
