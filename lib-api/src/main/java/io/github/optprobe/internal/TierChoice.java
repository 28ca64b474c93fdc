package io.github.optprobe.internal;

import io.github.optprobe.Tier;
import java.util.List;
import java.util.Objects;
import java.util.Set;

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
    boolean post = hasPostHandler(members);
    Tier dearest = null;
    Tier dearestSeen = null;
    for (Tier tier : BY_COST) {
      if (offered.contains(tier)) {
        dearest = tier;
        boolean usable = !post || seesTheEnd(tier);
        if (usable && tier.compareTo(ceiling) <= 0) {
          return tier;
        }
        dearestSeen = usable ? tier : dearestSeen;
      }
    }
    return Objects.requireNonNull(dearestSeen != null ? dearestSeen : dearest, "no tier");
  }

  /** Whether one of them needs to see the end of the instruction. */
  static boolean hasPostHandler(Member[] members) {
    for (Member member : members) {
      if (member.hasPostHandler()) {
        return true;
      }
    }
    return false;
  }

  /** The lowest ceiling of all. */
  static Tier ceiling(Member[] members) {
    Tier lowest = Tier.OPTIMIZED;
    for (Member member : members) {
      Tier its = member.probe().ceiling();
      lowest = its.compareTo(lowest) < 0 ? its : lowest;
    }
    return lowest;
  }

  static boolean seesTheEnd(Tier tier) {
    return tier == Tier.SINGLE_STEP || tier == Tier.EMULATED;
  }
}
