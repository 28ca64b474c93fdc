package io.github.optprobe.testkit.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import net.fornwall.jelf.ElfException;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfRelocation;
import net.fornwall.jelf.ElfRelocationAddend;
import net.fornwall.jelf.ElfRelocationAddendSection;
import net.fornwall.jelf.ElfRelocationSection;
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

  /** Width of a pointer in bytes: 8 or 4. */
  int wordBytes() {
    return file.ei_class == ElfFile.CLASS_64 ? Long.BYTES : Integer.BYTES;
  }

  /** The section of a name. */
  Optional<ElfSection> section(String sectionName) {
    return sections().stream()
        .filter(section -> sectionName.equals(section.header.getName()))
        .filter(section -> section.header.sh_type != ElfSectionHeader.SHT_NOBITS)
        .findFirst();
  }

  /** What the file holds of a section. */
  byte[] contentOf(ElfSection section) {
    int from = (int) section.header.sh_offset;
    return Arrays.copyOfRange(bytes, from, from + (int) section.header.sh_size);
  }

  /** The relocations that a loader applies; those for debuggers are not loaded themselves. */
  List<Relocation> relocations() {
    List<Relocation> found = new ArrayList<>();
    for (ElfSection section : sections()) {
      boolean loaded = (section.header.sh_flags & FLAG_ALLOC) != 0;
      if (loaded && section instanceof ElfRelocationAddendSection explicit) {
        Stream.of(explicit.relocations).map(Relocation::of).forEach(found::add);
      } else if (loaded && section instanceof ElfRelocationSection implicit) {
        Stream.of(implicit.relocations).map(Relocation::of).forEach(found::add);
      }
    }
    return found;
  }

  /** All symbols, those of the static table first: it knows more. */
  List<ElfSymbol> symbols() {
    List<ElfSymbol> symbols = new ArrayList<>();
    addSymbols(ElfSectionHeader.SHT_SYMTAB, symbols);
    addSymbols(ElfSectionHeader.SHT_DYNSYM, symbols);
    return symbols;
  }

  /** The symbol of a relocation. jelf's own look-up takes the wrong table. */
  ElfSymbol symbolOf(Relocation relocation) {
    for (ElfSection section : file.sectionsOfType(ElfSectionHeader.SHT_DYNSYM)) {
      return ((ElfSymbolTableSection) section).symbols[relocation.symbol()];
    }
    throw new ElfImageException(name, "has relocations and no dynamic symbols");
  }

  private void addSymbols(int sectionType, List<ElfSymbol> into) {
    for (ElfSection section : file.sectionsOfType(sectionType)) {
      into.addAll(List.of(((ElfSymbolTableSection) section).symbols));
    }
  }

  private void requireSupported() {
    boolean known =
        file.ei_class == ElfFile.CLASS_64
            ? file.e_machine == ElfFile.ARCH_X86_64
            : file.e_machine == ElfFile.ARCH_i386;
    if (!known || file.ei_data != ElfFile.DATA_LSB || file.e_type != ElfFile.ET_DYN) {
      throw new ElfImageException(name, "is no shared library for x86-64 or x86-32");
    }
  }

  /**
   * A relocation.
   *
   * @param offset of what is relocated, from the library's base
   * @param symbol index in the dynamic symbols; 0 for none
   * @param addend empty if it is what stands there before the relocation
   */
  record Relocation(long offset, long type, int symbol, OptionalLong addend) {
    static Relocation of(ElfRelocationAddend read) {
      OptionalLong addend = OptionalLong.of(read.r_addend);
      return new Relocation(read.r_offset, read.getType(), read.getSymbolIndex(), addend);
    }

    static Relocation of(ElfRelocation read) {
      OptionalLong none = OptionalLong.empty();
      return new Relocation(read.r_offset, read.getType(), read.getSymbolIndex(), none);
    }
  }
}
