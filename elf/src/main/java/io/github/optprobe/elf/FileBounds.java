package io.github.optprobe.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSegment;
import org.jspecify.annotations.Nullable;

/**
 * Checks that all that a file's headers speak of is in the file, before jelf believes them: it asks
 * for as much memory as a section says that it has entries. System V ABI, Generic, 4 (Object Files)
 * and 5 (Hash Table).
 */
final class FileBounds {
  private static final int GNU_HASH = 0x6fff_fff6;

  private final String name;
  private final ByteBuffer bytes;
  private final ElfFile file;
  private final boolean wide;

  FileBounds(String name, byte[] bytes, ElfFile file) {
    this.name = name;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.file = file;
    this.wide = file.ei_class == ElfFile.CLASS_64;
  }

  /**
   * Checks the program headers and the section headers.
   *
   * @throws ElfImageException if one leads out of the file, or can not be read
   */
  void check() {
    try {
      for (int i = 0; i < file.e_phnum; i++) {
        checkSegment(i);
      }
      for (int i = 1; i < file.e_shnum; i++) {
        checkSection(i);
      }
    } catch (IndexOutOfBoundsException outside) {
      throw broken("its headers are not all in the file", outside);
    }
  }

  private void checkSegment(int index) {
    int size = wide ? 56 : 32;
    requireInFile("program header " + index, file.e_phoff + (long) size * index, size);
    ElfSegment segment = file.getProgramHeader(index);
    if (segment.p_type == ElfSegment.PT_LOAD) {
      requireInFile("segment " + index, segment.p_offset, segment.p_filesz);
    }
  }

  private void checkSection(int index) {
    String what = "section " + index;
    long header = file.e_shoff + (long) file.e_shentsize * index;
    requireInFile("header of " + what, header, wide ? 64 : 40);
    int at = (int) header;
    int type = bytes.getInt(at + 4);
    if (type != ElfSectionHeader.SHT_NOBITS && type != ElfSectionHeader.SHT_NULL) {
      long offset = word(at + (wide ? 24 : 16));
      long size = word(at + (wide ? 32 : 20));
      requireInFile(what, offset, size);
      requireEntries(what, type, size, word(at + (wide ? 56 : 36)));
      requireContent(what, type, (int) offset, size);
    }
  }

  private void requireEntries(String what, int type, long size, long entry) {
    long smallest =
        switch (type) {
          case ElfSectionHeader.SHT_SYMTAB, ElfSectionHeader.SHT_DYNSYM -> wide ? 24 : 16;
          case ElfSectionHeader.SHT_RELA -> wide ? 24 : 12;
          case ElfSectionHeader.SHT_REL -> wide ? 16 : 8;
          default -> 0;
        };
    if (smallest > 0 && (entry < smallest || size % entry != 0)) {
      throw broken("%s has 0x%x bytes in entries of 0x%x".formatted(what, size, entry), null);
    }
  }

  /** What says by itself how long it is. */
  private void requireContent(String what, int type, int at, long size) {
    long needed =
        switch (type) {
          case ElfSectionHeader.SHT_HASH -> 8 + 4 * (unsigned(at) + unsigned(at + 4));
          case GNU_HASH -> 16 + (wide ? 8 : 4) * unsigned(at + 8) + 4 * unsigned(at);
          case ElfSectionHeader.SHT_NOTE -> 12 + unsigned(at) + unsigned(at + 4);
          default -> 0;
        };
    if (needed > size) {
      String said = "%s has 0x%x bytes, and its content says 0x%x";
      throw broken(said.formatted(what, size, needed), null);
    }
  }

  private long word(int at) {
    return wide ? bytes.getLong(at) : unsigned(at);
  }

  private long unsigned(int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }

  private void requireInFile(String what, long offset, long size) {
    long length = bytes.capacity();
    if (offset < 0 || size < 0 || offset > length || size > length - offset) {
      String said = "%s (0x%x bytes from 0x%x on) is not all in the file, which has 0x%x bytes";
      throw broken(said.formatted(what, size, offset, length), null);
    }
  }

  private ElfImageException broken(String why, @Nullable Throwable cause) {
    return new ElfImageException(name, "is broken: " + why, cause);
  }
}
