package io.github.optprobe.x86.libz;

import io.github.optprobe.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of the probes of a sweep. */
final class Tally {
  private static final int MOST_DIFFERENCES = 10;

  private final Tier tier;
  private final Map<String, Integer> refused = new TreeMap<>();
  private final Map<String, Integer> lower = new TreeMap<>();
  private final List<String> differences = new ArrayList<>();
  private int probed;
  private int inTier;
  private int executed;
  private long hits;

  Tally(Tier tier) {
    this.tier = tier;
  }

  void refused(String code) {
    refused.merge(code, 1, Integer::sum);
  }

  /**
   * A probe was registered.
   *
   * @param reached its tier
   * @param whyNot the code of the refusal to go higher, empty if there is none
   */
  void probed(Tier reached, String whyNot) {
    probed++;
    if (reached == tier) {
      inTier++;
    } else {
      lower.merge(whyNot, 1, Integer::sum);
    }
  }

  void executed(long times) {
    executed++;
    hits += times;
  }

  void differs(String description) {
    if (differences.size() < MOST_DIFFERENCES) {
      differences.add(description);
    }
  }

  List<String> differences() {
    return differences;
  }

  int inTier() {
    return inTier;
  }

  @Override
  public String toString() {
    return "libz, one at a time up to %s: %d probed, %d of them in that tier, others %s; refused %s; "
            .formatted(tier, probed, inTier, lower, refused)
        + "%d executed, %d hits, %d differences".formatted(executed, hits, differences.size());
  }
}
