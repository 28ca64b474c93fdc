package io.github.optprobe;

import io.github.optprobe.arch.Registers;

/**
 * Runs when a function with a return probe is entered.
 *
 * @param <D> the data that each instance carries from entry to return
 */
@FunctionalInterface
public interface EntryHandler<D> {

  /**
   * Called for each call for which an instance is free, while the probe is enabled. An exception is
   * reported to the {@link ProbeListener} and counts as {@link EntryOutcome#VETO}.
   *
   * @param instance this call; its data is as the last call that used it left it
   * @param registers the registers at the function's first instruction; valid during the call only
   */
  EntryOutcome handle(ReturnInstance<D> instance, Registers registers);
}
