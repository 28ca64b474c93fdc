package io.github.optprobe.testkit.conformance;

import java.util.Locale;

/** How binding a rule of the conformance kit is. */
public enum KitGrade {
  /** Everything under test must keep it. */
  REQUIRED,
  /** Concerns a capability; one that is not claimed may be absent, and its rules are skipped. */
  OPTIONAL,
  /**
   * As binding as the others, but what breaks it may escape once in a while: it depends on how
   * threads happen to run.
   */
  STOCHASTIC;

  /** The word in messages and method names, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
