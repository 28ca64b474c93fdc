package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;

/** Short ways to decode hex in tests. */
final class Decode {
  static final long ADDRESS = 0x1000;

  private Decode() {}

  /** A word of A32. */
  static Instruction a32(String hex) {
    int word = Integer.parseUnsignedInt(hex, 16);
    return ArmDecoder.of(ArmSet.A32).decode(word, 4, ADDRESS, ItState.OUTSIDE);
  }

  /** One or two halfwords of T32, as objdump prints them. */
  static Instruction t32(String hex) {
    return t32(hex, ADDRESS, ItState.OUTSIDE);
  }

  static Instruction t32(String hex, long address, ItState it) {
    String digits = hex.replace(" ", "");
    int encoding = Integer.parseUnsignedInt(digits, 16);
    return ArmDecoder.of(ArmSet.T32).decode(encoding, digits.length() / 2, address, it);
  }

  static Instruction any(String set, String hex) {
    return set.equals("A32") ? a32(hex) : t32(hex);
  }
}
