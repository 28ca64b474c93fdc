package io.github.optprobe.arm32.emit;

import java.util.OptionalInt;

/**
 * Constants that data processing holds in 12 bits: eight bits of any value, moved. Source: Arm
 * Architecture Reference Manual, A5.2.4 and A6.3.2.
 */
final class ModifiedConstant {
  private static final int BYTE = 0xFF;

  private ModifiedConstant() {}

  /** The field of A32: eight bits rotated right by twice the upper four; empty if it has none. */
  static OptionalInt ofA32(int value) {
    for (int rotation = 0; rotation < Integer.SIZE; rotation += 2) {
      int bits = Integer.rotateLeft(value, rotation);
      if ((bits & ~BYTE) == 0) {
        return OptionalInt.of((rotation / 2) << 8 | bits);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The field of T32, i:imm3:imm8, without its forms that repeat a byte: a byte, or eight bits of
   * which the highest is set, rotated right by 8 to 31.
   */
  static OptionalInt ofT32(int value) {
    if ((value & ~BYTE) == 0) {
      return OptionalInt.of(value);
    }
    for (int rotation = 8; rotation < Integer.SIZE; rotation++) {
      int bits = Integer.rotateLeft(value, rotation);
      if ((bits & ~BYTE) == 0 && bits >= 0x80) {
        return OptionalInt.of(rotation << 7 | (bits & 0x7F));
      }
    }
    return OptionalInt.empty();
  }
}
