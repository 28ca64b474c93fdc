package io.github.optprobe;

import io.github.optprobe.arch.Registers;

/**
 * Runs when a function with a return probe has returned.
 *
 * @param <D> the data that each instance carries from entry to return
 */
@FunctionalInterface
public interface ReturnHandler<D> {

  /**
   * Called for each tracked call, on the thread that reports the return. An exception is reported
   * to the {@link ProbeListener}; the program goes on.
   *
   * @param instance the call that returned, valid during the call of this handler only
   * @param registers the registers after the return, program counter equal to the real return
   *     address. Changed registers count, a changed program counter does not
   */
  void handle(ReturnInstance<D> instance, Registers registers);
}
