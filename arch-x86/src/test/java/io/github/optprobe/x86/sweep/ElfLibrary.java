package io.github.optprobe.x86.sweep;

import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A shared library as it lies in memory before relocation, and the functions that its unwind table
 * tells of: that table is there in stripped libraries too, and knows local functions. All addresses
 * count from the library's first byte. Sources: System V gABI; LSB 5.0, 10.6.2 ({@code
 * .eh_frame_hdr}).
 *
 * @param memory of all loaded segments
 * @param segments as they are loaded, in order
 * @param functions ascending, none overlaps another
 */
record ElfLibrary(
    String name, ByteBuffer memory, List<Segment> segments, List<AddressRange> functions) {
  private static final int HEADER_BYTES = 56;
  private static final int LOAD = 1;
  private static final int UNWIND_TABLE = 0x6474e550;

  /** What the table's encodings have to be: sorted pairs of 32-bit offsets. */
  private static final int UNWIND_ENCODINGS = 0x3b031b01;

  /**
   * A loaded segment.
   *
   * @param range of its bytes
   * @param flags 1 executable, 2 writable, 4 readable
   */
  record Segment(AddressRange range, int flags) {
    boolean isExecutable() {
      return (flags & 1) != 0;
    }

    boolean isWritable() {
      return (flags & 2) != 0;
    }
  }

  static ElfLibrary parse(String name, byte[] bytes) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (file.getInt(0) != 0x464c457f || file.getShort(18) != 62) {
      throw new IllegalArgumentException(name + " is no ELF file for x86-64");
    }
    List<Segment> segments = new ArrayList<>();
    ByteBuffer memory = ByteBuffer.allocate(memoryBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int unwindTable = -1;
    for (int header : headers(file)) {
      int type = file.getInt(header);
      int address = (int) file.getLong(header + 16);
      if (type == LOAD) {
        memory.put(address, bytes, (int) file.getLong(header + 8), (int) file.getLong(header + 32));
        AddressRange range = AddressRange.ofLength(address, file.getLong(header + 40));
        segments.add(new Segment(range, file.getInt(header + 4)));
      } else if (type == UNWIND_TABLE) {
        unwindTable = address;
      }
    }
    return new ElfLibrary(name, memory, segments, functions(name, memory, unwindTable, segments));
  }

  private static int memoryBytes(ByteBuffer file) {
    long bytes = 0;
    for (int header : headers(file)) {
      if (file.getInt(header) == LOAD) {
        bytes = Math.max(bytes, file.getLong(header + 16) + file.getLong(header + 40));
      }
    }
    return Math.toIntExact((bytes + 4095) & -4096);
  }

  /** Where the program headers are. */
  private static List<Integer> headers(ByteBuffer file) {
    List<Integer> headers = new ArrayList<>();
    for (int i = 0; i < file.getShort(56); i++) {
      headers.add((int) file.getLong(32) + i * HEADER_BYTES);
    }
    return headers;
  }

  private static List<AddressRange> functions(
      String name, ByteBuffer memory, int table, List<Segment> segments) {
    if (table < 0 || memory.getInt(table) != UNWIND_ENCODINGS) {
      throw new IllegalArgumentException(name + " has no sorted unwind table");
    }
    TreeMap<Long, AddressRange> found = new TreeMap<>();
    int count = memory.getInt(table + 8);
    for (int i = 0; i < count; i++) {
      int entry = table + 12 + 8 * i;
      int start = table + memory.getInt(entry);
      int description = table + memory.getInt(entry + 4);
      if (description + 8 + memory.getInt(description + 8) != start) {
        throw new IllegalArgumentException(name + " has unwind data of an unknown encoding");
      }
      int length = memory.getInt(description + 12);
      AddressRange body = AddressRange.ofLength(start, Math.max(length, 1));
      if (length > 0
          && segments.stream().anyMatch(s -> s.isExecutable() && s.range().contains(body))) {
        found.put(body.first(), body);
      }
    }
    return withoutOverlaps(found);
  }

  private static List<AddressRange> withoutOverlaps(TreeMap<Long, AddressRange> found) {
    List<AddressRange> functions = new ArrayList<>();
    for (AddressRange body : found.values()) {
      AddressRange below = functions.isEmpty() ? null : functions.get(functions.size() - 1);
      if (below == null || !below.overlaps(body)) {
        functions.add(body);
      }
    }
    return functions;
  }
}
