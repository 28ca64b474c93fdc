package io.github.optprobe.testkit.decode;

/** Where execution goes after an instruction, as coarsely as all decoders can tell it. */
public enum FlowClass {
  /** To the next instruction. */
  NEXT,
  /** To a constant target. */
  JUMP,
  /** To a constant target or the next instruction, by flags, a register or a transaction. */
  JUMP_CONDITIONAL,
  /** A call of a constant target. */
  CALL,
  /** To where a register or memory says; on ARM returns as well. */
  JUMP_INDIRECT,
  /** A call of what a register or memory says. */
  CALL_INDIRECT,
  /** Back to a caller; x86 only. */
  RETURN,
  /** A change of the code segment or of the privilege: far transfers, returns from interrupts. */
  FAR,
  /** A request to a handler, kernel or monitor, which as a rule returns behind it. */
  SYSTEM,
  /** Always traps, or waits: it never goes on by itself. */
  TRAP,
  /** The decoder does not tell; agrees with everything. */
  UNKNOWN;

  /** Whether two decoders can both be right. */
  public boolean agreesWith(FlowClass other) {
    return this == other || this == UNKNOWN || other == UNKNOWN;
  }
}
