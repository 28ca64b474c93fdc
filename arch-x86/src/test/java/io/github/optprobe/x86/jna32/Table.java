package io.github.optprobe.x86.jna32;

import io.github.optprobe.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of the probes of a sweep. */
final class Table {
  private static final int MOST_DIFFERENCES = 10;

  private final String what;
  private final Tier tier;
  private final Map<String, Integer> refused = new TreeMap<>();
  private final Map<String, Integer> lower = new TreeMap<>();
  private final List<String> differences = new ArrayList<>();
  private int probed;
  private int inTier;
  private int executed;
  private long hits;

  Table(String what, Tier tier) {
    this.what = what;
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

  int executed() {
    return executed;
  }

  @Override
  public String toString() {
    return "| %-28s | %-11s | %6d | %7d | %8d | %8d | %11d | lower %s, refused %s"
        .formatted(what, tier, probed, inTier, executed, hits, differences.size(), lower, refused);
  }

  static String heading() {
    return "| x86-32 libjnidispatch        | up to       | probed | in tier | executed |     hits |"
        + " differences |";
  }
}
