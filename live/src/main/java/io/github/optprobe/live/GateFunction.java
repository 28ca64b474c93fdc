package io.github.optprobe.live;

/** What the gate's stubs call. Must not throw. */
@FunctionalInterface
interface GateFunction {

  /**
   * A hit, or the way behind one.
   *
   * @param address what the caller's code passed: the probed address, the trampoline's, or that
   *     behind a single step
   * @param frame where it saved the registers
   * @param kind 0 from a detour buffer or a trampoline, 1 behind a breakpoint, 2 behind a step
   * @param record of the thread: its own word, and how deep in hits it is
   * @return the address of an exit frame with which the thread goes on, or 0 if it returns
   */
  long hit(long address, long frame, long kind, long record);
}
