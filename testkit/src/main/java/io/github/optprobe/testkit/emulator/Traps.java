package io.github.optprobe.testkit.emulator;

/** Says why the CPU has stopped. */
interface Traps {

  /** Why a run has ended. */
  enum Stop {
    /** At a breakpoint; the program counter is that of the breakpoint. */
    BREAKPOINT,
    /** For something else that the guest has no right to. */
    INTERRUPT,
    /** For something that the emulator can not do. */
    FAULT,
    /** For a fault or for nothing: a run until {@link #untilSure} tells. */
    UNSURE,
    /** For nothing: the run goes on from the program counter. */
    PASSED,
    /** For none of these: at a service, because somebody stopped it, or because it halted. */
    OTHER
  }

  /**
   * Why a run has ended. Called before anything else is run.
   *
   * @param error what Unicorn said
   * @param begin where the run began
   * @param until where it was to end; {@link Runner#NEVER} if nowhere
   */
  Stop stopOf(int error, long begin, long until);

  /** Where the next run is to end, after {@link Stop#UNSURE}. */
  long untilSure();

  /**
   * Describes a {@link Stop#FAULT}.
   *
   * @param error what Unicorn said
   * @param pc where the program knows the instruction
   */
  GuestFaultException fault(int error, long pc);

  /** Describes a {@link Stop#INTERRUPT}. */
  GuestFaultException interrupted();

  /** Whether the CPU waits for an interrupt, which a program may make it do. */
  boolean isWaiting();
}
