package io.github.optprobe.examples.riscv;

/** The few instructions that we write. Formats: manual, 2.2 and 2.3. */
final class Asm {
  private Asm() {}

  static int lui(int rd, int upper) {
    return upper(Opcode.LUI, rd, upper);
  }

  static int auipc(int rd, int upper) {
    return upper(Opcode.AUIPC, rd, upper);
  }

  static int addi(int rd, int rs1, int immediate) {
    return immediate(Opcode.ADDI, rd, rs1, immediate);
  }

  static int jalr(int rd, int rs1, int immediate) {
    return immediate(Opcode.JALR, rd, rs1, immediate);
  }

  /** An instruction of format I: computes, shifts, loads or jumps. */
  static int immediate(Opcode opcode, int rd, int rs1, int immediate) {
    return opcode.match() | rd << 7 | rs1 << 15 | immediate << 20;
  }

  static int store(Opcode opcode, int rs2, int rs1, int immediate) {
    return opcode.match() | (immediate & 31) << 7 | rs1 << 15 | rs2 << 20 | immediate >> 5 << 25;
  }

  /** A jump that keeps no return address. */
  static int jump(int distance) {
    return Opcode.JAL.match()
        | (distance & 0xf_f000)
        | (distance >>> 11 & 1) << 20
        | (distance >>> 1 & 0x3ff) << 21
        | (distance >>> 20 & 1) << 31;
  }

  /** The branch with another distance; at most 14 bytes forward, which is all that we need. */
  static int shortBranch(int branch, int distance) {
    int registersAndCondition = branch & 0x01ff_f07f;
    return registersAndCondition | distance << 7;
  }

  private static int upper(Opcode opcode, int rd, int upper) {
    return opcode.match() | rd << 7 | (upper & 0xffff_f000);
  }
}
