package io.github.optprobe.elf;

import io.github.optprobe.arch.InstructionSet;

/**
 * The two instruction sets of 32-bit ARM, and how pointers to functions tell them apart. ELF for
 * the Arm Architecture, 5.5.3 (Symbol Values).
 */
final class ArmSets {
  static final InstructionSet A32 = new InstructionSet("a32", 32, 4);
  static final InstructionSet T32 = new InstructionSet("t32", 32, 2);

  private static final long MARK = 1;

  private ArmSets() {}

  /** The instruction set of the function that a pointer leads to. */
  static InstructionSet of(long pointer) {
    return (pointer & MARK) != 0 ? T32 : A32;
  }

  /** The address of the function that a pointer leads to. */
  static long plain(long pointer) {
    return pointer & ~MARK;
  }

  /** A pointer to a function. Those of other machines are their addresses. */
  static long pointer(long address, InstructionSet set) {
    return set.equals(T32) ? address | MARK : address;
  }
}
