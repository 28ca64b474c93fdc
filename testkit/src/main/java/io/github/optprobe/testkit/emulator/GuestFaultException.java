package io.github.optprobe.testkit.emulator;

/** The guest did something that ends the run. Its registers are as the fault left them. */
public final class GuestFaultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** Read, write or fetch where nothing is mapped. */
    UNMAPPED,
    /** Access that the mapping does not permit. */
    FORBIDDEN,
    /** Bytes that the emulator takes for no instruction. */
    INVALID_INSTRUCTION,
    /** An interrupt or exception that is no breakpoint, such as a division by zero. */
    INTERRUPT,
    /** A system call: there is no system. */
    SYSTEM_CALL,
    /** A halt instruction that is not the target's own. */
    HALTED,
    /** The run took longer than the target's time limit. */
    TIME_LIMIT,
    /** The emulator reports something else. */
    OTHER
  }

  /** What went wrong. */
  private final Kind kind;

  /** The program counter. */
  private final long pc;

  /** The address that was accessed. */
  private final long address;

  GuestFaultException(Kind kind, long pc, long address, String what) {
    super("%s at pc 0x%x, address 0x%x: %s".formatted(kind, pc, address, what));
    this.kind = kind;
    this.pc = pc;
    this.address = address;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /**
   * The program counter: the instruction that faulted. For {@link Kind#UNMAPPED} and {@link
   * Kind#FORBIDDEN} reads and writes by vector and floating-point instructions it may be an earlier
   * one of the same straight run, the last that accessed memory or the run's first, because the
   * emulator knows no better; while a {@link Trace} is open it is the culprit itself.
   */
  public long pc() {
    return pc;
  }

  /** The address that was accessed, where there is one, else the program counter. */
  public long address() {
    return address;
  }
}
