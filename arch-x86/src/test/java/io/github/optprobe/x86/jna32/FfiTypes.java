package io.github.optprobe.x86.jna32;

/** Descriptions of C types as libffi wants them: size, alignment, type number, elements. */
final class FfiTypes {
  /** Number of the structure among the types. */
  static final int STRUCT = 9;

  /** How many types there are. */
  static final int COUNT = 10;

  private static final int OFFSET = 1600;
  private static final int ENTRY_BYTES = 16;

  /** Size, alignment, libffi's number: void, float, double, uint8, sint32, uint64, and so on. */
  private static final int[][] TYPES = {
    {1, 1, 0},
    {4, 4, 2},
    {8, 4, 3},
    {1, 1, 5},
    {4, 4, 10},
    {8, 4, 11},
    {8, 4, 12},
    {2, 2, 8},
    {4, 4, 14},
    {0, 0, 13}
  };

  private FfiTypes() {}

  /** Address of a type's description. */
  static long at(Calls calls, int type) {
    return calls.at(OFFSET + type * ENTRY_BYTES);
  }

  /** Writes all of them; the structure holds a byte, a 32-bit and a 64-bit number. */
  static void write(Calls calls) {
    int elements = OFFSET + COUNT * ENTRY_BYTES;
    calls.store(elements, at(calls, 3), at(calls, 4), at(calls, 6), 0);
    for (int i = 0; i < COUNT; i++) {
      int[] type = TYPES[i];
      long list = i == STRUCT ? calls.at(elements) : 0;
      calls.store(OFFSET + i * ENTRY_BYTES, type[0], type[1] | (long) type[2] << 16, list);
    }
  }
}
