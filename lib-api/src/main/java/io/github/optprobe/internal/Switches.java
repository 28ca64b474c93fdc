package io.github.optprobe.internal;

/**
 * The switches that concern all probes. They are inputs of the decision which text is wanted, and
 * never touch what single probes ask for. Used under the registry's lock.
 */
final class Switches {
  private boolean armed = true;
  private boolean optimizing = true;

  /** Whether probes may be armed at all. */
  boolean isArmed() {
    return armed;
  }

  void setArmed(boolean now) {
    armed = now;
  }

  /** Whether probes may be optimized at all. */
  boolean isOptimizing() {
    return optimizing;
  }

  void setOptimizing(boolean now) {
    optimizing = now;
  }
}
