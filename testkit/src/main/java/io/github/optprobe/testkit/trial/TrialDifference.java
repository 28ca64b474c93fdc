package io.github.optprobe.testkit.trial;

import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.StateDiff;

/**
 * A run under a probe that did not do what the original did. Immutable.
 *
 * @param subject the code
 * @param way how it was probed
 * @param state the number of the start state
 * @param seed the seed of start states and memory
 * @param original how the original ended
 * @param complaint in words, if it is more than different values; else empty
 * @param diff the values that differ
 */
public record TrialDifference(
    Subject subject,
    Way way,
    long state,
    long seed,
    Ending original,
    String complaint,
    StateDiff diff) {

  /** Code, way and values, as a block of text. */
  @Override
  public String toString() {
    String said = complaint.isEmpty() ? "" : "  %s%n".formatted(complaint);
    return "%s, seed 0x%x, start state %d%n%s%s%s".formatted(way, seed, state, subject, said, diff);
  }
}
