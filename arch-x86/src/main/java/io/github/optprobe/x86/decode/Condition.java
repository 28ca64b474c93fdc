package io.github.optprobe.x86.decode;

/**
 * A condition on the flags; the ordinal is the condition's 4-bit number in opcodes (Jcc, SETcc,
 * CMOVcc).
 */
@SuppressWarnings("EnumOrdinal") // the order is the hardware's
public enum Condition {
  /** OF = 1. */
  O,
  /** OF = 0. */
  NO,
  /** CF = 1 (below). */
  B,
  /** CF = 0 (not below). */
  NB,
  /** ZF = 1 (zero, equal). */
  Z,
  /** ZF = 0. */
  NZ,
  /** CF = 1 or ZF = 1 (below or equal). */
  BE,
  /** CF = 0 and ZF = 0 (above). */
  NBE,
  /** SF = 1. */
  S,
  /** SF = 0. */
  NS,
  /** PF = 1. */
  P,
  /** PF = 0. */
  NP,
  /** SF ≠ OF (less). */
  L,
  /** SF = OF (not less). */
  NL,
  /** ZF = 1 or SF ≠ OF (less or equal). */
  LE,
  /** ZF = 0 and SF = OF (greater). */
  NLE;

  private static final Condition[] BY_NUMBER = values();

  /** The condition in the low four bits of an opcode. */
  static Condition ofOpcode(int opcode) {
    return BY_NUMBER[opcode & 0xF];
  }

  /** The 4-bit number of this condition in opcodes, 0 to 15. */
  public int number() {
    return ordinal();
  }

  /** The opposite condition: true exactly when this one is false. */
  public Condition negated() {
    return BY_NUMBER[ordinal() ^ 1];
  }
}
