package io.github.optprobe.testkit.emulator;

/** A function of the guest's that is written in Java. */
@FunctionalInterface
public interface HostFunction {

  /**
   * Computes it.
   *
   * @param call the arguments, and the target
   * @return the result; that of a function without one is ignored by its caller
   */
  long call(HostCall call);
}
