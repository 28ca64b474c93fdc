package io.github.optprobe.x86.decode;

/** The table in which the opcode byte is looked up. */
public enum OpcodeMap {
  /** One-byte opcodes. */
  ONE_BYTE,
  /** Behind {@code 0F}, or map 1 of VEX and EVEX. */
  MAP_0F,
  /** Behind {@code 0F 38}, or map 2. */
  MAP_0F38,
  /** Behind {@code 0F 3A}, or map 3. */
  MAP_0F3A,
  /** Map 4 (no instruction yet in the supported decoder versions). */
  MAP_4,
  /** EVEX map 5 (half-precision). */
  MAP_5,
  /** EVEX map 6 (half-precision). */
  MAP_6,
  /** Map 7 (no instruction yet in the supported decoder versions). */
  MAP_7,
  /** 3DNow!. */
  MAP_0F0F,
  /** XOP map 8. */
  XOP_8,
  /** XOP map 9. */
  XOP_9,
  /** XOP map A. */
  XOP_A;

  private static final OpcodeMap[] BY_NUMBER = values();

  /** The map by the decoder's number, which both supported versions give in this order. */
  static OpcodeMap ofNumber(int number) {
    return BY_NUMBER[number];
  }
}
