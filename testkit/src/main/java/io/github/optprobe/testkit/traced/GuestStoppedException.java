package io.github.optprobe.testkit.traced;

/** A function that was called in the child did not return: a fault, a foreign trap, a loop. */
public final class GuestStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  private final transient Stop stop;

  /** Where. */
  private final long pc;

  GuestStoppedException(Stop stop, long pc) {
    super("%s at pc 0x%x".formatted(stop, pc));
    this.stop = stop;
    this.pc = pc;
  }

  /** Why it has stopped. */
  public Stop stop() {
    return stop;
  }

  /**
   * The program counter: the instruction that faulted, for a fault in a probe's copy the original
   * one; the address of a breakpoint.
   */
  public long pc() {
    return pc;
  }
}
