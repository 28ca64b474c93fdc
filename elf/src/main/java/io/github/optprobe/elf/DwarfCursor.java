package io.github.optprobe.elf;

import java.nio.charset.StandardCharsets;

/**
 * Reads numbers from unwind information, one after the other. Encodings of pointers: Linux Standard
 * Base 5.0, Core, 10.5 (DWARF Extensions).
 */
final class DwarfCursor {
  /** The encoding of a pointer that is not there. */
  static final int OMITTED = 0xFF;

  private static final int FORMAT = 0x0F;
  private static final int APPLICATION = 0x70;
  private static final int PC_RELATIVE = 0x10;
  private static final int LONGEST_LEB = 10;

  private final byte[] bytes;
  private final long address;
  private final int wordBytes;
  private int position;
  private int end;

  /**
   * Reads a section from its beginning.
   *
   * @param address of its first byte
   * @param wordBytes of an address: 4 or 8
   */
  DwarfCursor(byte[] bytes, long address, int wordBytes) {
    this.bytes = bytes;
    this.address = address;
    this.wordBytes = wordBytes;
    this.end = bytes.length;
  }

  /** Another one over the same bytes, at an offset, that ends so many bytes behind it. */
  DwarfCursor at(long offset, long length) {
    if (offset < 0 || length < 0 || offset > bytes.length || length > bytes.length - offset) {
      throw broken("refers to what is outside its section");
    }
    DwarfCursor other = new DwarfCursor(bytes, address, wordBytes);
    other.position = (int) offset;
    other.end = (int) (offset + length);
    return other;
  }

  int position() {
    return position;
  }

  long address() {
    return address + position;
  }

  boolean isAtEnd() {
    return position >= end;
  }

  int left() {
    return end - position;
  }

  void skip(long count) {
    require(count);
    position += (int) count;
  }

  int u1() {
    return (int) unsigned(1);
  }

  long unsigned(int size) {
    require(size);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << Byte.SIZE | (bytes[position + i] & 0xFF);
    }
    position += size;
    return value;
  }

  private long signed(int size) {
    int unused = Long.SIZE - size * Byte.SIZE;
    return unsigned(size) << unused >> unused;
  }

  long uleb() {
    return leb(false);
  }

  long sleb() {
    return leb(true);
  }

  private long leb(boolean signed) {
    long value = 0;
    for (int i = 0; i < LONGEST_LEB; i++) {
      int part = u1();
      int shift = 7 * i;
      value |= (part & 0x7FL) << shift;
      if ((part & 0x80) == 0) {
        boolean negative = signed && (part & 0x40) != 0 && shift + 7 < Long.SIZE;
        return negative ? value | -1L << (shift + 7) : value;
      }
    }
    throw broken("a number has more than %d bytes".formatted(LONGEST_LEB));
  }

  /** Text that ends with a zero byte. */
  String text() {
    int start = position;
    while (u1() != 0) {
      // On to the end.
    }
    return new String(bytes, start, position - start - 1, StandardCharsets.ISO_8859_1);
  }

  /**
   * An encoded pointer; 0 stays 0, which means none. One that says where the pointer is, instead of
   * what it is, is not followed.
   */
  long pointer(int encoding) {
    long here = address();
    long value = number(encoding);
    return switch (encoding & APPLICATION) {
      case 0 -> value;
      case PC_RELATIVE -> value == 0 ? 0 : inWord(value + here);
      default -> throw broken("pointer encoding 0x%x is not supported".formatted(encoding));
    };
  }

  /** Addresses of 4 bytes wrap around. */
  private long inWord(long address) {
    return wordBytes == Long.BYTES ? address : address & 0xFFFF_FFFFL;
  }

  /** A number in the format of an encoding, relative to nothing. */
  long number(int encoding) {
    return switch (encoding & FORMAT) {
      case 0x0 -> unsigned(wordBytes);
      case 0x1 -> uleb();
      case 0x2 -> unsigned(Short.BYTES);
      case 0x3 -> unsigned(Integer.BYTES);
      case 0x4 -> unsigned(Long.BYTES);
      case 0x9 -> sleb();
      case 0xA -> signed(Short.BYTES);
      case 0xB -> signed(Integer.BYTES);
      case 0xC -> signed(Long.BYTES);
      default -> throw broken("pointer encoding 0x%x is not supported".formatted(encoding));
    };
  }

  private void require(long count) {
    if (count < 0 || count > left()) {
      throw broken("ends too early");
    }
  }

  DwarfException broken(String why) {
    return new DwarfException(address(), why);
  }
}
