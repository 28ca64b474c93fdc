package io.github.optprobe.arm32.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The executable sections of a 32-bit little-endian ELF file. */
final class ElfText {
  /** One section: its address and bytes. */
  static final class Section {
    private final String name;
    private final long address;
    private final byte[] bytes;

    Section(String name, long address, byte[] bytes) {
      this.name = name;
      this.address = address;
      this.bytes = bytes;
    }

    String name() {
      return name;
    }

    long address() {
      return address;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  private static final int SECTION_OFFSET = 0x20;
  private static final int SECTION_SIZE = 0x2E;
  private static final int SECTION_COUNT = 0x30;
  private static final int NAMES_INDEX = 0x32;
  private static final int PROGBITS = 1;
  private static final int EXECUTABLE = 4;
  private static final int DYNAMIC_SYMBOLS = 11;
  private static final int SYMBOL_SIZE = 16;
  private static final int FUNCTION = 2;

  private ElfText() {}

  static List<Section> of(byte[] file) {
    ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int table = elf.getInt(SECTION_OFFSET);
    int size = elf.getShort(SECTION_SIZE);
    int names = elf.getInt(table + elf.getShort(NAMES_INDEX) * size + 0x10);
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < elf.getShort(SECTION_COUNT); i++) {
      int header = table + i * size;
      if (elf.getInt(header + 4) == PROGBITS && (elf.getInt(header + 8) & EXECUTABLE) != 0) {
        byte[] bytes = new byte[elf.getInt(header + 0x14)];
        elf.get(elf.getInt(header + 0x10), bytes);
        String name = name(file, names + elf.getInt(header));
        sections.add(new Section(name, elf.getInt(header + 0x0C) & 0xFFFF_FFFFL, bytes));
      }
    }
    return sections;
  }

  /** The values of the functions that a library exports: bit 0 marks those in T32. */
  static List<Integer> exportedFunctions(byte[] file) {
    ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> functions = new ArrayList<>();
    for (int i = 0; i < elf.getShort(SECTION_COUNT); i++) {
      int header = elf.getInt(SECTION_OFFSET) + i * elf.getShort(SECTION_SIZE);
      if (elf.getInt(header + 4) == DYNAMIC_SYMBOLS) {
        int start = elf.getInt(header + 0x10);
        for (int at = start; at < start + elf.getInt(header + 0x14); at += SYMBOL_SIZE) {
          if ((elf.get(at + 12) & 0xF) == FUNCTION && elf.getShort(at + 14) != 0) {
            functions.add(elf.getInt(at + 4));
          }
        }
      }
    }
    return functions;
  }

  private static String name(byte[] file, int start) {
    int end = start;
    while (file[end] != 0) {
      end++;
    }
    return new String(file, start, end - start, StandardCharsets.US_ASCII);
  }
}
