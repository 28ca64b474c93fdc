package io.github.optprobe.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The entries of an {@code .ARM.exidx} section. Each tells how to unwind from code between its
 * start and the next entry's; linkers leave out an entry that says the same as the one before it,
 * so that several functions may lie there. Exception Handling ABI for the Arm Architecture, 6.
 */
final class UnwindIndex {
  private static final int ENTRY_BYTES = 8;
  private static final long CANNOT_UNWIND = 1;
  private static final long INLINE = 0x8000_0000L;

  private UnwindIndex() {}

  /** What an entry says. */
  enum Kind {
    /** That nothing can unwind from there; also put where covered code ends. */
    NONE,
    /** All that there is to say. */
    INLINE,
    /** Where its table is; no two functions share one. */
    TABLE
  }

  /**
   * An entry.
   *
   * @param start address of the code that it is about, without a mark
   * @param table address of its table, or 0
   */
  record Entry(long start, Kind kind, long table) {}

  /**
   * Reads a section.
   *
   * @param address of its first byte
   * @return in ascending order of starts
   * @throws DwarfException if it ends in the middle of an entry
   */
  static List<Entry> read(byte[] bytes, long address) {
    DwarfCursor cursor = new DwarfCursor(bytes, address, Integer.BYTES);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < (bytes.length + ENTRY_BYTES - 1) / ENTRY_BYTES; i++) {
      entries.add(entry(cursor));
    }
    entries.sort(Comparator.comparingLong(Entry::start));
    return entries;
  }

  private static Entry entry(DwarfCursor cursor) {
    long start = ArmSets.plain(relative(cursor));
    long where = cursor.address();
    long content = cursor.unsigned(Integer.BYTES);
    if (content == CANNOT_UNWIND) {
      return new Entry(start, Kind.NONE, 0);
    }
    return (content & INLINE) != 0
        ? new Entry(start, Kind.INLINE, 0)
        : new Entry(start, Kind.TABLE, target(where, content));
  }

  /** Reads a PREL31: a signed distance of 31 bits from where it stands. */
  static long relative(DwarfCursor cursor) {
    long where = cursor.address();
    return target(where, cursor.unsigned(Integer.BYTES));
  }

  private static long target(long where, long distance) {
    return where + ((int) distance << 1 >> 1) & 0xFFFF_FFFFL;
  }
}
