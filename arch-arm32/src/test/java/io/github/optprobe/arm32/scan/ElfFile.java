package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A linked 32-bit little-endian ELF file: its contents by address, and its symbols. */
public final class ElfFile implements TextReader {
  private static final int ALLOCATED = 2;
  private static final int EXECUTABLE = 4;
  private static final int NO_BITS = 8;
  private static final int SYMBOLS = 2;
  private static final int DYNAMIC_SYMBOLS = 11;
  private static final int SYMBOL_SIZE = 16;
  private static final int FUNCTION = 2;

  /** A section that is loaded. */
  private record Section(AddressRange range, int offset, boolean executable) {}

  /** A symbol; the value as it stands in the file. */
  public record Symbol(String name, long value, long size, boolean function) {
    public ArmSet set() {
      return (value & 1) == 1 ? ArmSet.T32 : ArmSet.A32;
    }

    public AddressRange body() {
      return AddressRange.ofLength(value & ~1L, size);
    }
  }

  private final byte[] file;
  private final ByteBuffer elf;
  private final List<Section> sections = new ArrayList<>();
  private final List<Symbol> symbols = new ArrayList<>();

  private ElfFile(byte[] file) {
    this.file = file;
    elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elf.getShort(0x30); i++) {
      section(header(i));
    }
  }

  static ElfFile of(Path file) throws IOException {
    return new ElfFile(Files.readAllBytes(file));
  }

  static ElfFile of(byte[] file) {
    return new ElfFile(file);
  }

  private int header(int section) {
    return elf.getInt(0x20) + section * elf.getShort(0x2E);
  }

  private void section(int header) {
    int type = elf.getInt(header + 4);
    int size = elf.getInt(header + 0x14);
    int flags = elf.getInt(header + 8);
    if (type == SYMBOLS || type == DYNAMIC_SYMBOLS) {
      symbols(
          elf.getInt(header + 0x10), size, elf.getInt(header(elf.getInt(header + 0x18)) + 0x10));
    } else if ((flags & ALLOCATED) != 0 && type != NO_BITS && size != 0) {
      AddressRange range = AddressRange.ofLength(unsigned(header + 0x0C), size);
      sections.add(new Section(range, elf.getInt(header + 0x10), (flags & EXECUTABLE) != 0));
    }
  }

  private void symbols(int start, int size, int names) {
    for (int at = start; at < start + size; at += SYMBOL_SIZE) {
      String name = name(names + elf.getInt(at));
      boolean function = (elf.get(at + 12) & 0xF) == FUNCTION && elf.getShort(at + 14) != 0;
      symbols.add(new Symbol(name, unsigned(at + 4), unsigned(at + 8), function));
    }
  }

  private long unsigned(int offset) {
    return elf.getInt(offset) & 0xFFFF_FFFFL;
  }

  private String name(int start) {
    int end = start;
    while (file[end] != 0) {
      end++;
    }
    return new String(file, start, end - start, StandardCharsets.US_ASCII);
  }

  /** The functions that have a size, one for each address: the longest. */
  public Collection<Symbol> functions() {
    Map<Long, Symbol> functions = new TreeMap<>();
    for (Symbol symbol : symbols) {
      if (symbol.function() && symbol.size() != 0) {
        functions.merge(symbol.value(), symbol, (a, b) -> a.size() >= b.size() ? a : b);
      }
    }
    return functions.values();
  }

  /** The address of a label. */
  public long address(String name) {
    return symbols.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no symbol " + name))
            .value()
        & ~1L;
  }

  /** All of the only executable section. */
  public AddressRange text() {
    return sections.stream().filter(Section::executable).findFirst().orElseThrow().range();
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    for (Section section : sections) {
      if (section.range().contains(address)) {
        int skipped = (int) (address - section.range().first());
        int count = (int) Math.min(length, section.range().length() - skipped);
        System.arraycopy(file, section.offset() + skipped, into, offset, count);
        return count;
      }
    }
    return 0;
  }
}
