package io.github.optprobe.testkit.oracle;

/** What is run without and with probes. */
@FunctionalInterface
public interface Scenario {

  /**
   * Calls functions of the guest. Must do the same each time.
   *
   * @param guest makes the calls and notes their results
   */
  void run(Guest guest);
}
