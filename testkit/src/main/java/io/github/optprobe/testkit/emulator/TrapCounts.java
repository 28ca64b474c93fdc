package io.github.optprobe.testkit.emulator;

/**
 * How often the guest was stopped for something.
 *
 * @param breakpoints breakpoints reported
 * @param steps single instructions stepped
 * @param gateCalls calls of the gate
 * @param hostCalls calls of host functions
 */
public record TrapCounts(long breakpoints, long steps, long gateCalls, long hostCalls) {

  /** Nothing yet. */
  public static final TrapCounts ZERO = new TrapCounts(0, 0, 0, 0);

  /** What came after {@code earlier}. */
  public TrapCounts minus(TrapCounts earlier) {
    return new TrapCounts(
        breakpoints - earlier.breakpoints,
        steps - earlier.steps,
        gateCalls - earlier.gateCalls,
        hostCalls - earlier.hostCalls);
  }

  /** Breakpoints and steps: what a CPU would have raised as exceptions. */
  public long traps() {
    return breakpoints + steps;
  }
}
