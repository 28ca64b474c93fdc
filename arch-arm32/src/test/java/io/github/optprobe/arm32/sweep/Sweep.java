package io.github.optprobe.arm32.sweep;

import io.github.optprobe.Tier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of the probes of a sweep. */
final class Sweep {
  private static final int MOST_DIFFERENCES = 10;

  private final String what;
  private final boolean comparesPaths;
  private final Map<Tier, Integer> inTier = new EnumMap<>(Tier.class);
  private final Map<String, Integer> refused = new TreeMap<>();
  private final Map<String, Integer> notOptimized = new TreeMap<>();
  private final List<String> differences = new ArrayList<>();
  private long hits;

  /**
   * Creates one.
   *
   * @param comparesPaths whether the path of each run is compared as well, which takes long
   */
  Sweep(String what, boolean comparesPaths) {
    this.what = what;
    this.comparesPaths = comparesPaths;
  }

  boolean comparesPaths() {
    return comparesPaths;
  }

  void refused(String code) {
    refused.merge(code, 1, Integer::sum);
  }

  void probed(Tier reached, String whyNot) {
    inTier.merge(reached, 1, Integer::sum);
    if (!whyNot.isEmpty()) {
      notOptimized.merge(whyNot, 1, Integer::sum);
    }
  }

  void hit(long times) {
    hits += times;
  }

  void differs(String description) {
    if (differences.size() < MOST_DIFFERENCES) {
      differences.add(description);
    }
  }

  int inTier(Tier tier) {
    return inTier.getOrDefault(tier, 0);
  }

  long hits() {
    return hits;
  }

  List<String> differences() {
    return differences;
  }

  @Override
  public String toString() {
    return "%s: %s, %,d hits, not optimized %s, refused %s, %d differences"
        .formatted(what, inTier, hits, notOptimized, refused, differences.size());
  }
}
