package io.github.optprobe.testkit.emulator;

/** The guest ran into a trap that the {@link io.github.optprobe.Cpu} said is no probe's. */
public final class UnexpectedTrapException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Where. */
  private final long pc;

  UnexpectedTrapException(long pc, String why) {
    super("unexpected trap at 0x%x: %s".formatted(pc, why));
    this.pc = pc;
  }

  /** The address of the breakpoint, or of the instruction after the step. */
  public long pc() {
    return pc;
  }
}
