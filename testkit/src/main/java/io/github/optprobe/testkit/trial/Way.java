package io.github.optprobe.testkit.trial;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import java.util.Optional;

/**
 * One way in which a subject can be probed. Immutable.
 *
 * @param tier the tier
 * @param distance where its slot lies
 * @param form the jump's form, or empty where there is no jump
 * @param probe what was prepared for a breakpoint, where the breakpoint works
 * @param detour what was prepared for a jump
 */
public record Way(
    Tier tier,
    Distance distance,
    String form,
    Optional<PreparedProbe> probe,
    Optional<PreparedDetour> detour) {

  static Way of(Tier tier, Distance distance, PreparedProbe probe) {
    return new Way(tier, distance, "", Optional.of(probe), Optional.empty());
  }

  static Way of(Distance distance, Optional<PreparedProbe> probe, PreparedDetour detour) {
    return new Way(Tier.OPTIMIZED, distance, detour.form().name(), probe, Optional.of(detour));
  }

  /** The code in the slot. */
  public RelocatedCode code() {
    return detour.map(PreparedDetour::buffer).orElseGet(() -> probe.orElseThrow().copy());
  }

  /** Whether its slot is executed at all. */
  boolean hasCode() {
    return tier != Tier.EMULATED;
  }

  @Override
  public String toString() {
    return form.isEmpty()
        ? "%s, slot %s".formatted(tier, distance)
        : "%s by %s, buffer %s".formatted(tier, form, distance);
  }
}
