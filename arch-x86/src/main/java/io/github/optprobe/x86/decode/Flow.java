package io.github.optprobe.x86.decode;

/** Where execution goes after an instruction, faults aside. */
public enum Flow {
  /** To the next instruction, always. */
  NEXT,
  /** {@code jmp rel}. */
  JUMP_RELATIVE,
  /** {@code jcc rel}: to the target or the next instruction, by the flags. */
  COND_RELATIVE,
  /**
   * {@code loop}, {@code loope}, {@code loopne}, {@code jcxz}, {@code jecxz}, {@code jrcxz}: by a
   * counter register; only an 8-bit displacement exists.
   */
  LOOP_RELATIVE,
  /** {@code call rel}. */
  CALL_RELATIVE,
  /** {@code jmp} through a register or memory. */
  JUMP_INDIRECT,
  /** {@code call} through a register or memory. */
  CALL_INDIRECT,
  /** Near {@code ret}, with or without a byte count. */
  RETURN,
  /**
   * Loads CS too: far {@code jmp}, {@code call}, {@code ret}; {@code iret}, {@code uiret}, {@code
   * sysret}, {@code sysexit}, {@code rsm}.
   */
  FAR,
  /**
   * Asks a handler, kernel, monitor or enclave, which as a rule returns to the next instruction:
   * {@code int n}, {@code int1}, {@code int3}, {@code into}, {@code syscall}, {@code sysenter},
   * {@code vmcall}, {@code vmmcall}, the entries into virtual machines and enclaves.
   */
  INTERRUPT,
  /** {@code xbegin rel}: to the next instruction, and on an abort to the target. */
  XBEGIN,
  /** Doesn't go on by itself: {@code ud0}, {@code ud1}, {@code ud2}, {@code hlt}. */
  TRAP,
  /**
   * The decoder calls it a transfer of control, but this library doesn't know it. Never to be moved
   * or stepped over.
   */
  UNKNOWN
}
