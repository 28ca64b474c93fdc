package io.github.optprobe.internal;

import io.github.optprobe.Kprobe;
import io.github.optprobe.Tier;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Chooses in which tier an aggregate probe is resumed after a trap. */
final class TierChoice {
  /** From the cheapest for the target to the dearest. */
  private static final List<Tier> BY_COST = List.of(Tier.BOOSTED, Tier.EMULATED, Tier.SINGLE_STEP);

  private TierChoice() {}

  /**
   * The cheapest offered tier below every member's ceiling; if none is that low, the dearest that
   * is offered. A post-handler needs a tier in which the library sees the end of the instruction.
   */
  static Tier forTraps(Set<Tier> offered, Member[] members) {
    Tier ceiling = ceiling(members);
    boolean post = Stream.of(members).anyMatch(member -> member.kprobe().postHandler().isPresent());
    List<Tier> usable = BY_COST.stream().filter(offered::contains).toList();
    List<Tier> seen = usable.stream().filter(tier -> !post || seesTheEnd(tier)).toList();
    return seen.stream()
        .filter(tier -> tier.compareTo(ceiling) <= 0)
        .findFirst()
        .orElseGet(() -> last(seen.isEmpty() ? usable : seen));
  }

  /** The lowest ceiling of all. */
  static Tier ceiling(Member[] members) {
    return Stream.of(members)
        .map(Member::kprobe)
        .map(Kprobe::ceiling)
        .min(Tier::compareTo)
        .orElse(Tier.OPTIMIZED);
  }

  static boolean seesTheEnd(Tier tier) {
    return tier == Tier.SINGLE_STEP || tier == Tier.EMULATED;
  }

  private static Tier last(List<Tier> tiers) {
    return tiers.get(tiers.size() - 1);
  }
}
