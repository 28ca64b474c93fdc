package io.github.optprobe;

/**
 * Where a registered probe stands in its life. The table of all states and operations is {@code
 * docs/states.md}; the tests walk through each of its cells.
 */
public enum ProbeState {
  /** Not registered any more. Final. */
  UNREGISTERED,
  /** Its text was removed: nothing is written there any more. Left by closing the handle only. */
  GONE,
  /** Its own {@link ProbeHandle#disable} holds it back: its handlers do not run. */
  DISABLED,
  /** Enabled, but all probes are disarmed: the original text stands there. */
  DISARMED,
  /** A breakpoint stands there, and nothing better is wanted or possible at present. */
  ARMED,
  /** A breakpoint stands there and waits to become a jump. */
  OPTIMIZING,
  /** A jump stands there. */
  OPTIMIZED,
  /**
   * A jump stands there that is not wanted any more and waits to be taken out; a breakpoint, if a
   * probe within the jump has made it go before.
   */
  UNOPTIMIZING
}
