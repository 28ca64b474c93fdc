package io.github.optprobe.elf;

import io.github.optprobe.text.AddressRange;
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
  private static final int ARM_EABI = 0xFF00_0000;
  private static final int ARM_EABI_5 = 0x0500_0000;
  private static final int INDIRECT_FUNCTION = 10;
  private static final int VISIBILITY_MASK = 3;
  private static final int VISIBILITY_DEFAULT = 0;
  private static final int VISIBILITY_PROTECTED = 3;

  private final String name;
  private final byte[] bytes;
  private final ElfFile file;
  private final Machine machine;

  ElfSource(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
    try {
      file = ElfFile.from(bytes);
    } catch (ElfException | IndexOutOfBoundsException broken) {
      throw new ElfImageException(name, "is no ELF file: " + broken.getMessage(), broken);
    }
    machine = requireSupported();
    new FileBounds(name, bytes, file).check();
  }

  String name() {
    return name;
  }

  /** Whether it can be loaded at any address; if not, only where the file says. */
  boolean isMovable() {
    return file.e_type == ElfFile.ET_DYN;
  }

  Machine machine() {
    return machine;
  }

  DynamicTable dynamicTable() {
    return new DynamicTable(name, file);
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
    return machine.wordBytes();
  }

  /**
   * Executable sections, without linkage tables: these only jump through memory, to starts.
   * Addresses are those of the file.
   */
  List<AddressRange> code() {
    List<AddressRange> code = new ArrayList<>();
    for (ElfSection section : sections()) {
      ElfSectionHeader header = section.header;
      boolean executable =
          (header.sh_flags & ElfSectionHeader.FLAG_EXEC_INSTR) != 0
              && header.sh_type != ElfSectionHeader.SHT_NOBITS;
      if (executable && header.sh_size > 0 && !isLinkageTable(header.getName())) {
        code.add(AddressRange.ofLength(header.sh_addr, header.sh_size));
      }
    }
    return code;
  }

  private static boolean isLinkageTable(String sectionName) {
    return sectionName.startsWith(".plt") || sectionName.startsWith(".iplt");
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

  /** The addresses that relocations without a symbol make absolute, as they stand in the file. */
  List<Long> relativePointers() {
    return relocations().stream()
        .filter(each -> each.type() == machine.relativeRelocation())
        .map(each -> each.addend().orElseGet(() -> word(each.offset())))
        .toList();
  }

  /** The word at an address, 0 in what the file does not hold. */
  private long word(long address) {
    for (ElfSegment segment : segments()) {
      long offset = address - segment.p_vaddr;
      if (offset >= 0 && offset <= segment.p_filesz - wordBytes()) {
        byte[] content = contentOf(segment);
        return new DwarfCursor(content, segment.p_vaddr, wordBytes())
            .at(offset, wordBytes())
            .unsigned(wordBytes());
      }
    }
    return 0;
  }

  /** All symbols, those of the static table first: it knows more. */
  List<ElfSymbol> symbols() {
    List<ElfSymbol> symbols = new ArrayList<>();
    addSymbols(ElfSectionHeader.SHT_SYMTAB, symbols);
    addSymbols(ElfSectionHeader.SHT_DYNSYM, symbols);
    return symbols;
  }

  /** Those of functions that are in the file, indirect ones too. */
  List<ElfSymbol> functionSymbols() {
    return symbols().stream().filter(ElfSource::isDefinedFunction).toList();
  }

  /** Those of functions that other libraries can call, indirect ones too. */
  List<ElfSymbol> exportedFunctionSymbols() {
    List<ElfSymbol> symbols = new ArrayList<>();
    addSymbols(ElfSectionHeader.SHT_DYNSYM, symbols);
    return symbols.stream().filter(s -> isDefinedFunction(s) && isForOthers(s)).toList();
  }

  private static boolean isDefinedFunction(ElfSymbol symbol) {
    return symbol.st_shndx != 0 && isFunction(symbol);
  }

  private static boolean isForOthers(ElfSymbol symbol) {
    int binding = symbol.getBinding();
    int visibility = symbol.st_other & VISIBILITY_MASK;
    return (binding == ElfSymbol.BINDING_GLOBAL || binding == ElfSymbol.BINDING_WEAK)
        && (visibility == VISIBILITY_DEFAULT || visibility == VISIBILITY_PROTECTED);
  }

  private static boolean isFunction(ElfSymbol symbol) {
    return symbol.getType() == ElfSymbol.STT_FUNC || symbol.getType() == INDIRECT_FUNCTION;
  }

  /** Where a symbol stands: for functions of T32, without the mark that its value has. */
  long addressOf(ElfSymbol symbol) {
    return isFunction(symbol) ? machine.plain(symbol.st_value) : symbol.st_value;
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

  private Machine requireSupported() {
    if (file.e_type == ElfFile.ET_REL) {
      throw new ElfImageException(
          name, "is an object file, whose branches lead nowhere yet: link it");
    }
    boolean linked = file.e_type == ElfFile.ET_DYN || file.e_type == ElfFile.ET_EXEC;
    if (file.ei_data != ElfFile.DATA_LSB || !linked) {
      throw unsupported();
    }
    Machine found = Machine.of(file).orElseThrow(this::unsupported);
    if (found == Machine.ARM && (file.e_flags & ARM_EABI) != ARM_EABI_5) {
      throw new ElfImageException(name, "is a library for ARM, but not of its EABI, version 5");
    }
    return found;
  }

  private ElfImageException unsupported() {
    return new ElfImageException(
        name, "is no little-endian shared library or program for x86-64, x86-32 or 32-bit ARM");
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
