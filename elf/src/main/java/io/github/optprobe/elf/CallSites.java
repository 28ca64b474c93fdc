package io.github.optprobe.elf;

import java.util.ArrayList;
import java.util.List;

/**
 * The landing pads in a {@code .gcc_except_table} section, as GCC, Clang and Rust write it. Itanium
 * C++ ABI, Exception Handling Tables; what is there of it that is written down.
 */
final class CallSites {
  private final DwarfCursor section;
  private final long address;

  /**
   * Reads tables of a section.
   *
   * @param address of its first byte
   * @param wordBytes of an address: 4 or 8
   */
  CallSites(byte[] bytes, long address, int wordBytes) {
    section = new DwarfCursor(bytes, address, wordBytes);
    this.address = address;
  }

  /**
   * The landing pads of a function.
   *
   * @param table address of its table
   * @param function address of its start
   * @throws DwarfException if the table is broken or outside the section
   */
  List<Long> landingPads(long table, long function) {
    long offset = table - address;
    DwarfCursor cursor = section.at(offset, section.left() - Math.max(offset, 0));
    int startEncoding = cursor.u1();
    long start = startEncoding == DwarfCursor.OMITTED ? function : cursor.pointer(startEncoding);
    if (cursor.u1() != DwarfCursor.OMITTED) {
      cursor.uleb();
    }
    int encoding = cursor.u1();
    long length = cursor.uleb();
    return read(cursor.at(cursor.position(), length), encoding, start);
  }

  private static List<Long> read(DwarfCursor sites, int encoding, long start) {
    List<Long> pads = new ArrayList<>();
    while (!sites.isAtEnd()) {
      sites.number(encoding);
      sites.number(encoding);
      long pad = sites.number(encoding);
      sites.uleb();
      if (pad != 0) {
        pads.add(start + pad);
      }
    }
    return pads;
  }
}
