package io.github.optprobe.elf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The extents of functions that an {@code .eh_frame} section tells of. Linux Standard Base 5.0,
 * Core, 10.6 (Exception Frames); DWARF 4, 6.4.1.
 */
final class FrameTable {
  private static final long EXTENDED_LENGTH = 0xFFFF_FFFFL;

  private final DwarfCursor section;
  private final Map<Integer, Shape> shapes = new HashMap<>();
  private final List<Frame> frames = new ArrayList<>();

  /**
   * What is known of a function.
   *
   * @param start address of its first byte
   * @param length in bytes
   * @param callSites address of its table of landing pads
   */
  record Frame(long start, long length, OptionalLong callSites) {}

  /** How the records that refer to one common one are written. */
  private record Shape(boolean sized, int pointers, int callSites) {}

  private FrameTable(DwarfCursor section) {
    this.section = section;
  }

  /**
   * Reads a section.
   *
   * @param address of its first byte
   * @param wordBytes of an address: 4 or 8
   * @throws DwarfException if it is broken
   */
  static List<Frame> read(byte[] bytes, long address, int wordBytes) {
    FrameTable table = new FrameTable(new DwarfCursor(bytes, address, wordBytes));
    while (table.next()) {
      // Each adds itself.
    }
    return List.copyOf(table.frames);
  }

  /** Reads a record; whether there was one. */
  private boolean next() {
    if (section.isAtEnd()) {
      return false;
    }
    int start = section.position();
    Optional<DwarfCursor> content = content(section);
    if (content.isPresent()) {
      DwarfCursor record = content.get();
      int here = record.position();
      long back = record.unsigned(Integer.BYTES);
      if (back == 0) {
        shapes.put(start, shape(record));
      } else {
        addFrame(record, shapeAt(here - back, record));
      }
    }
    return true;
  }

  /** The content of the record where a cursor stands, which goes on to the next; none if empty. */
  private static Optional<DwarfCursor> content(DwarfCursor cursor) {
    long length = cursor.unsigned(Integer.BYTES);
    if (length == EXTENDED_LENGTH) {
      length = cursor.unsigned(Long.BYTES);
    }
    int at = cursor.position();
    cursor.skip(length);
    return length == 0 ? Optional.empty() : Optional.of(cursor.at(at, length));
  }

  private Shape shapeAt(long offset, DwarfCursor asking) {
    Shape known = shapes.get((int) offset);
    if (known == null) {
      throw asking.broken("refers to no common record that stands before it");
    }
    return known;
  }

  private static Shape shape(DwarfCursor record) {
    int version = record.u1();
    if (version != 1 && version != 3) {
      throw record.broken("version %d is not supported".formatted(version));
    }
    String augmentation = record.text();
    record.uleb();
    record.sleb();
    if (version == 1) {
      record.u1();
    } else {
      record.uleb();
    }
    if (augmentation.isEmpty()) {
      return new Shape(false, 0, DwarfCursor.OMITTED);
    }
    if (augmentation.charAt(0) != 'z') {
      throw record.broken("augmentation %s is not supported".formatted(augmentation));
    }
    record.uleb();
    return augmented(augmentation, record);
  }

  private static Shape augmented(String augmentation, DwarfCursor record) {
    int pointers = 0;
    int callSites = DwarfCursor.OMITTED;
    for (char letter : augmentation.substring(1).toCharArray()) {
      switch (letter) {
        case 'R' -> pointers = record.u1();
        case 'L' -> callSites = record.u1();
        case 'P' -> record.number(record.u1());
        case 'S', 'B' -> {}
        default -> throw record.broken("augmentation %s is not supported".formatted(augmentation));
      }
    }
    return new Shape(true, pointers, callSites);
  }

  private void addFrame(DwarfCursor record, Shape shape) {
    long start = record.pointer(shape.pointers);
    long length = record.number(shape.pointers);
    OptionalLong callSites = OptionalLong.empty();
    if (shape.sized) {
      record.uleb();
      if (shape.callSites != DwarfCursor.OMITTED) {
        long address = record.pointer(shape.callSites);
        callSites = address == 0 ? OptionalLong.empty() : OptionalLong.of(address);
      }
    }
    if (length > 0) {
      frames.add(new Frame(start, length, callSites));
    }
  }
}
