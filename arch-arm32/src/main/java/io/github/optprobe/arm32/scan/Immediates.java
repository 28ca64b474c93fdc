package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;

/**
 * Constants that encodings hold in pieces. Source: Arm Architecture Reference Manual, A5.2.4 (A32)
 * and A6.3.2 (T32).
 */
final class Immediates {
  private static final int BYTE = 0xFF;

  private Immediates() {}

  /** The modified constant of an instruction of 32 bits, 0 to 2³²-1. */
  static long modified(Instruction instruction) {
    int encoding = instruction.encoding();
    int value =
        instruction.set() == ArmSet.A32
            ? Integer.rotateRight(encoding & BYTE, encoding >>> 7 & 0x1E)
            : t32(plain(instruction));
    return value & Values.MASK;
  }

  /** The plain constant of 12 bits of an instruction of T32. */
  static int plain(Instruction instruction) {
    int encoding = instruction.encoding();
    return (encoding >>> 15 & 0x800) | (encoding >>> 4 & 0x700) | (encoding & BYTE);
  }

  /** The constant of 16 bits of MOVW and MOVT. */
  static long wide(Instruction instruction) {
    int encoding = instruction.encoding();
    int high = encoding >>> 4 & 0xF000;
    return instruction.set() == ArmSet.A32 ? high | (encoding & 0xFFF) : high | plain(instruction);
  }

  private static int t32(int bits) {
    int low = bits & BYTE;
    return switch (bits >>> 8) {
      case 0 -> low;
      case 1 -> low << 16 | low;
      case 2 -> low << 24 | low << 8;
      case 3 -> low << 24 | low << 16 | low << 8 | low;
      default -> Integer.rotateRight((bits & 0x7F) | 0x80, bits >>> 7);
    };
  }
}
