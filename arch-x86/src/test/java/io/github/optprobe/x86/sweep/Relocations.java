package io.github.optprobe.x86.sweep;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Relocates an image in memory as far as its code needs to find its own data: pointers within the
 * library are right, imports and indirect functions lead to one given place, thread-local variables
 * stay 0. Source: System V ABI, AMD64 supplement, 4.4; gABI for {@code DT_RELR}.
 */
final class Relocations {
  private static final int DYNAMIC = 2;
  private static final int RELA_BYTES = 24;
  private static final int SYMBOL_BYTES = 24;

  private final ByteBuffer memory;
  private final long base;
  private final long imports;
  private final Map<Long, Long> dynamic = new HashMap<>();

  private Relocations(ByteBuffer memory, long base, long imports) {
    this.memory = memory;
    this.base = base;
    this.imports = imports;
  }

  /**
   * Relocates.
   *
   * @param memory the image, which is changed
   * @param base where it will lie
   * @param imports where imports lead
   */
  static void apply(ByteBuffer memory, long base, long imports) {
    new Relocations(memory, base, imports).applyAll();
  }

  private void applyAll() {
    int headers = (int) memory.getLong(32);
    for (int i = 0; i < memory.getShort(56); i++) {
      if (memory.getInt(headers + 56 * i) == DYNAMIC) {
        readDynamic((int) memory.getLong(headers + 56 * i + 16));
      }
    }
    applyTable(entry(7), entry(8));
    applyTable(entry(23), entry(2));
    applyPacked(entry(36), entry(35));
  }

  private void readDynamic(int from) {
    for (int at = from; memory.getLong(at) != 0; at += 16) {
      dynamic.put(memory.getLong(at), memory.getLong(at + 8));
    }
  }

  private int entry(long tag) {
    return Math.toIntExact(dynamic.getOrDefault(tag, 0L));
  }

  private void applyTable(int from, int bytes) {
    for (int at = from; at < from + bytes; at += RELA_BYTES) {
      int where = Math.toIntExact(memory.getLong(at));
      long addend = memory.getLong(at + 16);
      int symbol = memory.getInt(at + 12);
      switch (memory.getInt(at + 8)) {
        case 8 -> memory.putLong(where, base + addend);
        case 1 -> memory.putLong(where, addressOf(symbol) + addend);
        case 6, 7 -> memory.putLong(where, addressOf(symbol));
        case 37 -> memory.putLong(where, imports);
        default -> {} // thread-local variables
      }
    }
  }

  private long addressOf(int symbol) {
    int at = entry(6) + SYMBOL_BYTES * symbol;
    return memory.getShort(at + 6) == 0 ? imports : base + memory.getLong(at + 8);
  }

  private void applyPacked(int from, int bytes) {
    int where = 0;
    for (int at = from; at < from + bytes; at += Long.BYTES) {
      long word = memory.getLong(at);
      if ((word & 1) == 0) {
        where = Math.toIntExact(word);
        relocate(where);
        where += Long.BYTES;
      } else {
        for (int bit = 1; bit < Long.SIZE; bit++) {
          if (((word >>> bit) & 1) != 0) {
            relocate(where + (bit - 1) * Long.BYTES);
          }
        }
        where += (Long.SIZE - 1) * Long.BYTES;
      }
    }
  }

  private void relocate(int where) {
    memory.putLong(where, base + memory.getLong(where));
  }
}
