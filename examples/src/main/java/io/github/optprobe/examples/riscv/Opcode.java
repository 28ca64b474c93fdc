package io.github.optprobe.examples.riscv;

import static io.github.optprobe.examples.riscv.Format.ATOMIC;
import static io.github.optprobe.examples.riscv.Format.BRANCH;
import static io.github.optprobe.examples.riscv.Format.CSR;
import static io.github.optprobe.examples.riscv.Format.CSR_IMMEDIATE;
import static io.github.optprobe.examples.riscv.Format.I;
import static io.github.optprobe.examples.riscv.Format.JUMP;
import static io.github.optprobe.examples.riscv.Format.LOAD;
import static io.github.optprobe.examples.riscv.Format.LOAD_RESERVED;
import static io.github.optprobe.examples.riscv.Format.NONE;
import static io.github.optprobe.examples.riscv.Format.R;
import static io.github.optprobe.examples.riscv.Format.SHIFT;
import static io.github.optprobe.examples.riscv.Format.SHIFT_WORD;
import static io.github.optprobe.examples.riscv.Format.STORE;
import static io.github.optprobe.examples.riscv.Format.UPPER;

import java.util.Locale;

/** The instructions, one row each: manual, chapter 24 (instruction set listings). */
enum Opcode {
  // RV32I.
  LUI(UPPER, 0x0000_0037),
  AUIPC(UPPER, 0x0000_0017),
  JAL(JUMP, 0x0000_006f),
  JALR(LOAD, 0x0000_0067),
  BEQ(BRANCH, 0x0000_0063),
  BNE(BRANCH, 0x0000_1063),
  BLT(BRANCH, 0x0000_4063),
  BGE(BRANCH, 0x0000_5063),
  BLTU(BRANCH, 0x0000_6063),
  BGEU(BRANCH, 0x0000_7063),
  LB(LOAD, 0x0000_0003),
  LH(LOAD, 0x0000_1003),
  LW(LOAD, 0x0000_2003),
  LBU(LOAD, 0x0000_4003),
  LHU(LOAD, 0x0000_5003),
  SB(STORE, 0x0000_0023),
  SH(STORE, 0x0000_1023),
  SW(STORE, 0x0000_2023),
  ADDI(I, 0x0000_0013),
  SLTI(I, 0x0000_2013),
  SLTIU(I, 0x0000_3013),
  XORI(I, 0x0000_4013),
  ORI(I, 0x0000_6013),
  ANDI(I, 0x0000_7013),
  SLLI(SHIFT, 0x0000_1013),
  SRLI(SHIFT, 0x0000_5013),
  SRAI(SHIFT, 0x4000_5013),
  ADD(R, 0x0000_0033),
  SUB(R, 0x4000_0033),
  SLL(R, 0x0000_1033),
  SLT(R, 0x0000_2033),
  SLTU(R, 0x0000_3033),
  XOR(R, 0x0000_4033),
  SRL(R, 0x0000_5033),
  SRA(R, 0x4000_5033),
  OR(R, 0x0000_6033),
  AND(R, 0x0000_7033),
  FENCE(Format.FENCE, 0x0000_000f),
  FENCE_TSO(NONE, 0x8330_000f),
  ECALL(NONE, 0x0000_0073),
  EBREAK(NONE, 0x0010_0073),

  // Zifencei and Zicsr.
  FENCE_I(NONE, 0x0000_100f),
  CSRRW(CSR, 0x0000_1073),
  CSRRS(CSR, 0x0000_2073),
  CSRRC(CSR, 0x0000_3073),
  CSRRWI(CSR_IMMEDIATE, 0x0000_5073),
  CSRRSI(CSR_IMMEDIATE, 0x0000_6073),
  CSRRCI(CSR_IMMEDIATE, 0x0000_7073),

  // M.
  MUL(R, 0x0200_0033),
  MULH(R, 0x0200_1033),
  MULHSU(R, 0x0200_2033),
  MULHU(R, 0x0200_3033),
  DIV(R, 0x0200_4033),
  DIVU(R, 0x0200_5033),
  REM(R, 0x0200_6033),
  REMU(R, 0x0200_7033),

  // A.
  LR_W(LOAD_RESERVED, 0x1000_202f),
  SC_W(ATOMIC, 0x1800_202f),
  AMOSWAP_W(ATOMIC, 0x0800_202f),
  AMOADD_W(ATOMIC, 0x0000_202f),
  AMOXOR_W(ATOMIC, 0x2000_202f),
  AMOAND_W(ATOMIC, 0x6000_202f),
  AMOOR_W(ATOMIC, 0x4000_202f),
  AMOMIN_W(ATOMIC, 0x8000_202f),
  AMOMAX_W(ATOMIC, 0xa000_202f),
  AMOMINU_W(ATOMIC, 0xc000_202f),
  AMOMAXU_W(ATOMIC, 0xe000_202f),

  // RV64I, and what RV64 adds to M and A.
  LWU(LOAD, 0x0000_6003, Xlen.RV64),
  LD(LOAD, 0x0000_3003, Xlen.RV64),
  SD(STORE, 0x0000_3023, Xlen.RV64),
  ADDIW(I, 0x0000_001b, Xlen.RV64),
  SLLIW(SHIFT_WORD, 0x0000_101b, Xlen.RV64),
  SRLIW(SHIFT_WORD, 0x0000_501b, Xlen.RV64),
  SRAIW(SHIFT_WORD, 0x4000_501b, Xlen.RV64),
  ADDW(R, 0x0000_003b, Xlen.RV64),
  SUBW(R, 0x4000_003b, Xlen.RV64),
  SLLW(R, 0x0000_103b, Xlen.RV64),
  SRLW(R, 0x0000_503b, Xlen.RV64),
  SRAW(R, 0x4000_503b, Xlen.RV64),
  MULW(R, 0x0200_003b, Xlen.RV64),
  DIVW(R, 0x0200_403b, Xlen.RV64),
  DIVUW(R, 0x0200_503b, Xlen.RV64),
  REMW(R, 0x0200_603b, Xlen.RV64),
  REMUW(R, 0x0200_703b, Xlen.RV64),
  LR_D(LOAD_RESERVED, 0x1000_302f, Xlen.RV64),
  SC_D(ATOMIC, 0x1800_302f, Xlen.RV64),
  AMOSWAP_D(ATOMIC, 0x0800_302f, Xlen.RV64),
  AMOADD_D(ATOMIC, 0x0000_302f, Xlen.RV64),
  AMOXOR_D(ATOMIC, 0x2000_302f, Xlen.RV64),
  AMOAND_D(ATOMIC, 0x6000_302f, Xlen.RV64),
  AMOOR_D(ATOMIC, 0x4000_302f, Xlen.RV64),
  AMOMIN_D(ATOMIC, 0x8000_302f, Xlen.RV64),
  AMOMAX_D(ATOMIC, 0xa000_302f, Xlen.RV64),
  AMOMINU_D(ATOMIC, 0xc000_302f, Xlen.RV64),
  AMOMAXU_D(ATOMIC, 0xe000_302f, Xlen.RV64);

  /** The bit that makes a shift one of 32 places or more, which RV32 has not. */
  private static final int SHIFT_BY_32 = 1 << 25;

  private final Format format;
  private final int match;
  private final Xlen least;

  Opcode(Format format, int match) {
    this(format, match, Xlen.RV32);
  }

  Opcode(Format format, int match, Xlen least) {
    this.format = format;
    this.match = match;
    this.least = least;
  }

  Format format() {
    return format;
  }

  /** The word with all operands 0. */
  int match() {
    return match;
  }

  /** Whether a word is this instruction. */
  boolean matches(int word, Xlen xlen) {
    boolean there = (word & format.mask()) == match && xlen.compareTo(least) >= 0;
    boolean tooFar = format == SHIFT && xlen == Xlen.RV32 && (word & SHIFT_BY_32) != 0;
    return there && !tooFar;
  }

  String mnemonic() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
