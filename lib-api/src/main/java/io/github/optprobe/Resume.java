package io.github.optprobe;

/** What a target does with a trap after having reported it to a {@link Cpu}. */
public enum Resume {
  /** The trap is no probe's: the registers are unchanged, the target handles it itself. */
  NOT_OURS,
  /** Run on from the program counter in the registers, which may have changed. */
  CONTINUE,
  /**
   * Execute one instruction at the program counter in the registers and then call {@link
   * Cpu#stepped}.
   */
  STEP
}
