package io.github.optprobe;

import io.github.optprobe.arch.Registers;

/**
 * Runs when the probed instruction itself faults: a load from an unmapped address, a division by
 * zero. Exceptions of other handlers are no faults; they go to the {@link ProbeListener}.
 */
@FunctionalInterface
public interface FaultHandler {

  /**
   * Called for each fault of the probed instruction while the probe is enabled, in registration
   * order until one handler says that it is handled. The fault must have been reported with {@link
   * Cpu#faulted}, or come from an emulated instruction. An exception counts as {@link
   * FaultOutcome#DELIVER} and is reported to the {@link ProbeListener}.
   *
   * @param probe the kprobe whose instruction faulted
   * @param registers the registers as the instruction left them, program counter equal to the
   *     probed address in every tier; valid during the call only
   * @return {@link FaultOutcome#HANDLED} if the program goes on from the registers' program
   *     counter, which is the faulting instruction again unless the handler changed it
   */
  FaultOutcome handle(Kprobe probe, Registers registers);
}
