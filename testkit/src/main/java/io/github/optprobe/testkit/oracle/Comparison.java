package io.github.optprobe.testkit.oracle;

import java.util.List;

/** In what a probed run differs from the unprobed one. Immutable. */
public final class Comparison {
  private static final String ROW = "%-28s %-44s %s%n";

  private final List<Difference> differences;

  private Comparison(List<Difference> differences) {
    this.differences = List.copyOf(differences);
  }

  /** Compares two runs. */
  public static Comparison of(Observation unprobed, Observation probed, AddressNames names) {
    return new Comparison(new Differ(unprobed, probed, names).differences());
  }

  /** What differs; empty if nothing does. */
  public List<Difference> differences() {
    return differences;
  }

  /** Whether nothing differs. */
  public boolean isSame() {
    return differences.isEmpty();
  }

  /**
   * Does nothing if nothing differs.
   *
   * @param context printed above the differences: seed, probe, how to repeat it
   * @throws AssertionError if something differs
   */
  public void requireSame(String context) {
    if (!isSame()) {
      throw new AssertionError(context + System.lineSeparator() + this);
    }
  }

  /** A table with one row for each difference. */
  @Override
  public String toString() {
    if (isSame()) {
      return "no difference";
    }
    StringBuilder table = new StringBuilder(ROW.formatted("WHAT", "UNPROBED", "PROBED"));
    for (Difference difference : differences) {
      table.append(ROW.formatted(difference.what(), difference.unprobed(), difference.probed()));
    }
    return table.toString();
  }
}
