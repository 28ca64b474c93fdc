package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.InstructionSet;

/** The width of registers and addresses. Manual, 1.3. */
@SuppressWarnings("ImmutableEnumChecker") // A record of values.
enum Xlen {
  RV32("rv32i", Integer.SIZE),
  RV64("rv64i", Long.SIZE);

  private final InstructionSet instructionSet;
  private final int bits;

  Xlen(String name, int bits) {
    this.instructionSet = new InstructionSet(name, bits, Instruction.BYTES);
    this.bits = bits;
  }

  InstructionSet instructionSet() {
    return instructionSet;
  }

  int bytes() {
    return bits / Byte.SIZE;
  }

  /** The value as a register holds it, zero-extended: as {@code Registers} wants it. */
  long unsigned(long value) {
    return value & (-1L >>> (Long.SIZE - bits));
  }

  /** The value as a signed comparison sees it. */
  long signed(long value) {
    return value << (Long.SIZE - bits) >> (Long.SIZE - bits);
  }
}
