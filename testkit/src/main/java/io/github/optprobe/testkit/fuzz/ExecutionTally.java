package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.trial.Exclusion;
import io.github.optprobe.testkit.trial.TrialResult;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What an {@link ExecutionOracle} has executed. Tallies of several threads can be added up. */
public final class ExecutionTally {
  private final Map<Tier, Long> cases = new EnumMap<>(Tier.class);
  private final Map<Exclusion, Long> excluded = new EnumMap<>(Exclusion.class);
  private final Map<String, Long> refused = new TreeMap<>();
  private long notCode;
  private long notProbed;
  private long subjects;

  ExecutionTally() {}

  void add(TrialResult result) {
    subjects++;
    if (!result.offer().isProbed()) {
      notProbed++;
    }
    result.cases().forEach((tier, count) -> cases.merge(tier, (long) count, Long::sum));
    result.excluded().forEach((why, count) -> excluded.merge(why, (long) count, Long::sum));
    for (Refusal refusal : result.offer().refusals()) {
      refused.merge(refusal.code(), 1L, Long::sum);
    }
  }

  void notCode() {
    notCode++;
  }

  /** Adds what another one has counted. */
  public void add(ExecutionTally other) {
    subjects += other.subjects;
    notProbed += other.notProbed;
    notCode += other.notCode;
    other.cases.forEach((tier, count) -> cases.merge(tier, count, Long::sum));
    other.excluded.forEach((why, count) -> excluded.merge(why, count, Long::sum));
    other.refused.forEach((code, count) -> refused.merge(code, count, Long::sum));
  }

  /** Runs under a probe that were compared with the original, by tier; a copy. */
  public Map<Tier, Long> cases() {
    return Map.copyOf(cases);
  }

  /** Runs that were not compared, by reason; a copy. */
  public Map<Exclusion, Long> excluded() {
    return Map.copyOf(excluded);
  }

  /** Refusals of a tier or of all, by code; a copy. */
  public Map<String, Long> refused() {
    return Map.copyOf(refused);
  }

  /** How many instructions were tried. */
  public long subjects() {
    return subjects;
  }

  /** How many of them can not be probed. */
  public long notProbed() {
    return notProbed;
  }

  /** How many cases were no instruction. */
  public long inputsThatAreNoCode() {
    return notCode;
  }

  /** Runs under a probe that were compared, in all tiers. */
  public long compared() {
    return cases.values().stream().mapToLong(Long::longValue).sum();
  }

  /** All counts, in one line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "executed %,d cases of %,d instructions %s · not compared %s · not probed %,d · no code %,d",
        compared(),
        subjects,
        new TreeMap<>(cases),
        excluded,
        notProbed,
        notCode);
  }
}
