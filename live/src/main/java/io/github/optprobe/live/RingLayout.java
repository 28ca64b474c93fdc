package io.github.optprobe.live;

import io.github.optprobe.live.memory.DataBlock;

/**
 * Where things are in a {@link Recorder}'s memory: rings one behind the other, each with the number
 * of samples ever reserved (the tail), ever read (the head) and dropped, in a cache line each, then
 * its entries. The sample of number n lies in entry n modulo the capacity; the entry's sequence
 * word becomes n + 1 when the sample is complete.
 *
 * @param capacity how many entries a ring has, a power of two
 * @param values how many values an entry has
 */
record RingLayout(int capacity, int values) {
  static final int LOG_RINGS = 3;
  static final int RINGS = 1 << LOG_RINGS;

  static final int TAIL = 0;
  static final int HEAD = 64;
  static final int DROPPED = 128;
  static final int ENTRIES = 192;

  static final int SEQUENCE = 0;
  static final int THREAD = 8;
  static final int TICKS = 16;
  static final int VALUES = 24;

  /**
   * Lays rings out.
   *
   * @param capacity the least that a ring is to hold
   * @throws IllegalArgumentException if that is not positive, or too much for one block
   */
  static RingLayout of(int capacity, int values) {
    if (capacity < 1 || capacity > 1 << 30) {
      throw new IllegalArgumentException("no ring can hold " + capacity + " samples");
    }
    int rounded = capacity == 1 ? 1 : Integer.highestOneBit(capacity - 1) << 1;
    long bytes = RINGS * (ENTRIES + (long) rounded * (VALUES + 8L * values) + HEAD);
    if (bytes > Integer.MAX_VALUE - 4096) {
      throw new IllegalArgumentException(
          "%d samples of %d values are too much for one recorder".formatted(capacity, values));
    }
    return new RingLayout(rounded, values);
  }

  DataBlock allocate() {
    return DataBlock.allocate(RINGS * stride());
  }

  int entryBytes() {
    return VALUES + values * Long.BYTES;
  }

  /** From one ring to the next; whole cache lines. */
  int stride() {
    return (ENTRIES + capacity * entryBytes() + HEAD - 1) & -HEAD;
  }

  /** The offset, in a ring, of the entry for the sample of a number. */
  int entry(long number) {
    return ENTRIES + (int) (number & (capacity - 1)) * entryBytes();
  }
}
