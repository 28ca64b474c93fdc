package io.github.optprobe.elf;

import java.util.List;
import java.util.Optional;

/**
 * The tables of an {@code .ARM.extab} section, as far as they say where an unwinder may enter a
 * function. Exception Handling ABI for the Arm Architecture, 7 and 10.
 */
final class HandlerTables {
  private static final int COMPACT_SHORT = 0x80;
  private static final int COMPACT_LAST = 0x82;

  private final byte[] bytes;
  private final long address;

  /**
   * Reads tables of a section.
   *
   * @param address of its first byte
   */
  HandlerTables(byte[] bytes, long address) {
    this.bytes = bytes.clone();
    this.address = address;
  }

  /**
   * The landing pads of a function; empty if they can not be told. A table for a personality
   * routine of a language's own is read as GCC, Clang and Rust write it.
   *
   * @param table address of its table
   * @param function address of its start
   * @throws DwarfException if the table is broken or outside the section
   */
  Optional<List<Long>> landingPads(long table, long function) {
    DwarfCursor section = new DwarfCursor(bytes, address, Integer.BYTES);
    long offset = table - address;
    DwarfCursor cursor = section.at(offset, section.left() - Math.max(offset, 0));
    long first = cursor.unsigned(Integer.BYTES);
    int kind = (int) (first >>> 24);
    if (kind > COMPACT_LAST) {
      return Optional.empty();
    }
    if (kind >= COMPACT_SHORT) {
      cursor.skip(kind == COMPACT_SHORT ? 0 : words(first >>> 16));
      return compact(cursor);
    }
    cursor.skip(words(cursor.unsigned(Integer.BYTES) >>> 24));
    CallSites sites = new CallSites(bytes, address, Integer.BYTES);
    return Optional.of(sites.landingPads(cursor.address(), function));
  }

  /** Bytes of as many words as the low byte of a number says. */
  private static long words(long count) {
    return (count & 0xFF) * Integer.BYTES;
  }

  /** Descriptors, of which GCC and Clang write none: a 0 ends them. */
  private static Optional<List<Long>> compact(DwarfCursor cursor) {
    return cursor.unsigned(Integer.BYTES) == 0 ? Optional.of(List.of()) : Optional.empty();
  }
}
