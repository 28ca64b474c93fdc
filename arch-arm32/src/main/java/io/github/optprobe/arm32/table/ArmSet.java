package io.github.optprobe.arm32.table;

import io.github.optprobe.arch.InstructionSet;

/** The two instruction sets of 32-bit ARM. */
public enum ArmSet {
  /** Words, conditional by their top four bits. */
  A32(8),
  /** Thumb: one or two halfwords, conditional by IT blocks. */
  T32(4);

  private static final int FIRST_OF_TWO = 0xE800;

  private final int pcOffset;

  ArmSet(int pcOffset) {
    this.pcOffset = pcOffset;
  }

  /** Its public name, width of addresses and alignment. */
  public InstructionSet instructionSet() {
    return this == A32 ? Names.A32 : Names.T32;
  }

  /** Bytes from an instruction's address to what it reads as PC: 8 or 4. */
  public int pcOffset() {
    return pcOffset;
  }

  /** Whether a halfword of T32 is the first of a 4-byte instruction. */
  public static boolean isWide(int halfword) {
    return (halfword & 0xFFFF) >= FIRST_OF_TWO;
  }

  private static final class Names {
    static final InstructionSet A32 = new InstructionSet("a32", 32, 4);
    static final InstructionSet T32 = new InstructionSet("t32", 32, 2);
  }
}
