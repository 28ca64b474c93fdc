package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Treatment;

/**
 * Displacements of the branches with a constant target, in bytes from PC. Source: Arm Architecture
 * Reference Manual, A8.8.18 (B), A8.8.25 (BL, BLX), A8.8.29 (CBNZ, CBZ).
 */
final class BranchTargets {
  private BranchTargets() {}

  static boolean has(Treatment treatment) {
    return switch (treatment) {
      case BRANCH, BRANCH_CONDITIONAL, CALL, CALL_EXCHANGE, COMPARE_BRANCH -> true;
      default -> false;
    };
  }

  /** Bytes from PC (from PC aligned down to a word for a T32 BLX) to the target. */
  static int displacement(ArmSet set, int length, Treatment treatment, int encoding) {
    if (set == ArmSet.A32) {
      return a32(treatment, encoding);
    }
    if (length == Short.BYTES) {
      return narrow(treatment, encoding);
    }
    return treatment == Treatment.BRANCH_CONDITIONAL ? wideConditional(encoding) : wide(encoding);
  }

  private static int a32(Treatment treatment, int word) {
    int halfword = treatment == Treatment.CALL_EXCHANGE ? word >>> 23 & 2 : 0;
    return signed(word, 24) * 4 + halfword;
  }

  private static int narrow(Treatment treatment, int halfword) {
    return switch (treatment) {
      case COMPARE_BRANCH -> (halfword >>> 2 & 0x3E) | (halfword >>> 3 & 0x40);
      case BRANCH_CONDITIONAL -> signed(halfword, 8) * 2;
      default -> signed(halfword, 11) * 2;
    };
  }

  private static int wideConditional(int word) {
    int bits =
        bit(word, 26) << 19 | bit(word, 11) << 18 | bit(word, 13) << 17 | (word >>> 5 & 0x1F800);
    return signed(bits | (word & 0x7FF), 20) * 2;
  }

  private static int wide(int word) {
    int sign = bit(word, 26);
    int first = bit(word, 13) ^ sign ^ 1;
    int second = bit(word, 11) ^ sign ^ 1;
    int bits = sign << 23 | first << 22 | second << 21 | (word >>> 5 & 0x1FF800);
    return signed(bits | (word & 0x7FF), 24) * 2;
  }

  private static int bit(int word, int number) {
    return word >>> number & 1;
  }

  private static int signed(int value, int bits) {
    return value << (Integer.SIZE - bits) >> (Integer.SIZE - bits);
  }
}
