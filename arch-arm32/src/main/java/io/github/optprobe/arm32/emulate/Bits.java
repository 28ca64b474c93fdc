package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.decode.Instruction;

/**
 * An encoding, to be taken apart by numbers of bits as the manual prints them; bit 0 is the lowest.
 */
record Bits(int encoding) {
  private static final int VECTOR_ACCESS = 0b110;

  static Bits of(Instruction instruction) {
    return new Bits(instruction.encoding());
  }

  boolean has(int bit) {
    return (encoding >>> bit & 1) != 0;
  }

  /** The number in bits {@code high} to {@code low}, both included; not all 32. */
  int number(int high, int low) {
    return encoding >>> low & ((1 << (high - low + 1)) - 1);
  }

  /** Whether a word of A32 is VLDR, VSTR, VLDM or VSTM, known to be a load or store. */
  boolean isVectorAccess() {
    return number(27, 25) == VECTOR_ACCESS;
  }
}
