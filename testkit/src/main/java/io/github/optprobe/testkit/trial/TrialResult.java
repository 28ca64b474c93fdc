package io.github.optprobe.testkit.trial;

import io.github.optprobe.Tier;
import io.github.optprobe.testkit.execute.Ending;
import java.util.List;
import java.util.Map;

/**
 * What came of trying one subject. Immutable.
 *
 * @param offer what the architecture offered
 * @param cases runs under a probe that were compared with the original, by tier
 * @param endings how the original ended, by kind
 * @param excluded runs that are not compared, by reason
 * @param differences what differed; one for each way at most
 */
public record TrialResult(
    Offer offer,
    Map<Tier, Integer> cases,
    Map<Ending.Kind, Integer> endings,
    Map<Exclusion, Integer> excluded,
    List<TrialDifference> differences) {
  /** Creates a result. */
  public TrialResult {
    cases = Map.copyOf(cases);
    endings = Map.copyOf(endings);
    excluded = Map.copyOf(excluded);
    differences = List.copyOf(differences);
  }

  /** How many runs were compared. */
  public int compared() {
    return cases.values().stream().mapToInt(Integer::intValue).sum();
  }
}
