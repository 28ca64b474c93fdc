package io.github.optprobe.examples.riscv;

/**
 * The formats of instructions: which bits of the word say which instruction it is. Manual, 2.2 and
 * 2.3.
 */
enum Format {
  /** {@code rd, rs1, rs2}. */
  R(0xfe00_707f),
  /** {@code rd, rs1, imm[11:0]}. */
  I(0x0000_707f),
  /** {@code rd, rs1, shamt} of the register's whole width: 5 bits, or 6. */
  SHIFT(0xfc00_707f),
  /** {@code rd, rs1, shamt} of 32 bits. */
  SHIFT_WORD(0xfe00_707f),
  /** {@code rd, imm[11:0](rs1)}. */
  LOAD(0x0000_707f),
  /** {@code rs2, imm[11:0](rs1)}. */
  STORE(0x0000_707f),
  /** {@code rs1, rs2, target}. */
  BRANCH(0x0000_707f),
  /** {@code rd, imm[31:12]}. */
  UPPER(0x0000_007f),
  /** {@code rd, target}. */
  JUMP(0x0000_007f),
  /** {@code pred, succ}. */
  FENCE(0xf00f_ffff),
  /** {@code rd, csr, rs1}. */
  CSR(0x0000_707f),
  /** {@code rd, csr, uimm[4:0]}. */
  CSR_IMMEDIATE(0x0000_707f),
  /** {@code rd, (rs1)}, and two bits of ordering. */
  LOAD_RESERVED(0xf9f0_707f),
  /** {@code rd, rs2, (rs1)}, and two bits of ordering. */
  ATOMIC(0xf800_707f),
  /** Nothing. */
  NONE(0xffff_ffff);

  private final int mask;

  Format(int mask) {
    this.mask = mask;
  }

  /** The bits that are the same in all words of one instruction. */
  int mask() {
    return mask;
  }
}
