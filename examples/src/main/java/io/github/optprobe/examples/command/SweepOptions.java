package io.github.optprobe.examples.command;

import io.github.optprobe.Explanation;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.elf.ElfFunction;
import java.util.Optional;
import java.util.Set;

/**
 * What a sweep asks. Immutable.
 *
 * @param tiers which are asked about, at least one
 * @param sets the names of the instruction sets whose functions are asked about; empty for all
 * @param executors what executes instructions; empty if that is not asked
 */
record SweepOptions(
    Set<Tier> tiers, Set<String> sets, Optional<BoundaryExecutor.Source> executors) {

  /** Creates options. */
  SweepOptions {
    tiers = Set.copyOf(tiers);
    sets = Set.copyOf(sets);
  }

  boolean asks(Tier tier) {
    return tiers.contains(tier);
  }

  boolean asks(ElfFunction function) {
    return sets.isEmpty() || sets.contains(function.instructionSet().name());
  }

  /** Whether one of the tiers that are asked about takes it. */
  boolean isProbed(Explanation explanation) {
    return explanation.verdicts().stream().anyMatch(each -> asks(each.tier()) && each.isAccepted());
  }

  /** Why the first of the tiers that are asked about does not. */
  Optional<Refusal> refusal(Explanation explanation) {
    return explanation.verdicts().stream()
        .filter(each -> asks(each.tier()))
        .flatMap(each -> each.refusal().stream())
        .findFirst();
  }
}
