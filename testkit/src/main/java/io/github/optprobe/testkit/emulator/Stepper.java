package io.github.optprobe.testkit.emulator;

/** Makes the CPU execute one instruction and stop. */
interface Stepper {

  /**
   * Prepares for a run of the instruction at an address.
   *
   * @return where the run is to end; {@link Runner#NEVER} if the CPU stops by itself
   */
  long begin(long from);

  /**
   * Whether the instruction has been executed, after a run.
   *
   * @param error what Unicorn said
   */
  boolean isDone(int error);

  /**
   * Undoes what {@link #begin} prepared.
   *
   * @param executed whether the instruction has been executed
   */
  void end(boolean executed);
}
