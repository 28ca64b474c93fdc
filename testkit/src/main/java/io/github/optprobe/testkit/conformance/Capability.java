package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Tier;
import java.util.EnumSet;
import java.util.Set;

/**
 * What an architecture may offer, or leave alone. Where it is absent, the kit tests its absence.
 */
public enum Capability {
  /** Instructions are executed out of line, one step at a time. */
  SINGLE_STEP,
  /** Instructions are executed out of line and go on by a jump, without a second trap. */
  BOOST,
  /** Instructions are computed, without any copy. */
  EMULATE,
  /** A jump into a detour buffer replaces the breakpoint. */
  OPTIMIZE,
  /** The jump may overwrite several instructions. */
  WIDE_WINDOWS,
  /** There are several forms of jumps. */
  OTHER_JUMPS,
  /** Calls can be made to return elsewhere. */
  RETURN_PROBES;

  /** What goes along with it. */
  public Set<Capability> implied() {
    return switch (this) {
      case WIDE_WINDOWS, OTHER_JUMPS -> Set.of(OPTIMIZE);
      default -> Set.of();
    };
  }

  /** These, and all that they imply. */
  static Set<Capability> closure(Set<Capability> declared) {
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    all.addAll(declared);
    declared.forEach(each -> all.addAll(each.implied()));
    return all;
  }

  /** The capability that a tier is. */
  static Capability of(Tier tier) {
    return switch (tier) {
      case SINGLE_STEP -> SINGLE_STEP;
      case BOOSTED -> BOOST;
      case EMULATED -> EMULATE;
      case OPTIMIZED -> OPTIMIZE;
    };
  }
}
