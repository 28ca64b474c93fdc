package io.github.optprobe.arm32.table;

/**
 * What has to be done with an instruction so that it means elsewhere what it means at its address.
 * "PC" is the value that an instruction reads as r15: its address plus 8 in A32, plus 4 in T32.
 */
public enum Treatment {
  /** Means the same everywhere: to be copied as it is. Neither reads nor writes PC. */
  COPY,
  /**
   * LDR, LDRB, LDRH, LDRSB, LDRSH or LDRD from a constant offset from PC into registers other than
   * PC. T32 aligns PC down to a word first.
   */
  LOAD_LITERAL,
  /** VLDR from a constant offset from PC, which T32 aligns down to a word first. */
  VLOAD_LITERAL,
  /** PLD or PLI of a constant offset from PC: a hint, without effect on registers and memory. */
  PRELOAD_LITERAL,
  /**
   * Any other load, store or hint whose base register is PC, without write-back: stores at a
   * constant offset, and all with a register offset. A32 only.
   */
  PC_BASED_ACCESS,
  /** ADR, or ADD and SUB of a constant to PC, which T32 (and only T32) aligns down to a word. */
  ADR,
  /** MOV of PC, unchanged, into another register. */
  MOV_FROM_PC,
  /**
   * Data processing with PC among its operands and not as its result. In T32 this is ADD of two
   * registers only.
   */
  DATA_READS_PC,
  /**
   * Data processing whose result is PC: a branch, in A32 an exchanging one, in T32 staying in T32.
   * PC may be among the operands too. Never sets flags.
   */
  DATA_WRITES_PC,
  /** STR of PC. A32 only. */
  STORE_PC,
  /** STM or PUSH with PC in its list. A32 only. */
  STORE_MULTIPLE_PC,
  /**
   * LDR into PC: an exchanging branch, whose target is the word loaded. The base may be PC too (a
   * literal, or a table of addresses).
   */
  LOAD_PC,
  /** LDM or POP with PC in its list: an exchanging branch. */
  LOAD_MULTIPLE_PC,
  /** B without a condition of its own (an IT block may give it one). */
  BRANCH,
  /** B with a condition in its encoding. */
  BRANCH_CONDITIONAL,
  /** BL: stays in its instruction set. */
  CALL,
  /** BLX to a constant target: changes to the other instruction set. */
  CALL_EXCHANGE,
  /** BX: bit 0 of the register tells the instruction set. The register may be PC. */
  BRANCH_REGISTER,
  /** BLX to a register; bit 0 tells the instruction set. */
  CALL_REGISTER,
  /** CBZ and CBNZ. */
  COMPARE_BRANCH,
  /** TBB and TBH; the table's base may be PC. */
  TABLE_BRANCH,
  /** IT: the condition of up to four instructions behind it. */
  IF_THEN,
  /** MRS of the flags and GE bits, as user code may. */
  STATUS_READ,
  /** MSR of the flags, the GE bits, or both, as user code may. */
  STATUS_WRITE,
  /** Not to be probed; an {@link Objection} tells why. */
  REFUSE
}
