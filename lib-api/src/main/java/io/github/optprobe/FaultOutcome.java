package io.github.optprobe;

/** What becomes of a fault. */
public enum FaultOutcome {
  /** The fault was not in a probe's copy: the registers are unchanged. Never said by a handler. */
  NOT_OURS,
  /** The program is to see the fault, at the original instruction. */
  DELIVER,
  /** A fault handler dealt with it: run on from the program counter in the registers. */
  HANDLED
}
