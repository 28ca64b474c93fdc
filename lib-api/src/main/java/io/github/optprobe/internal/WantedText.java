package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one place that decides which text is wanted at a probed address, from the probes there, the
 * switches, and the probes around it. Decides only; used under the registry's lock.
 */
final class WantedText {
  private static final String POST_HANDLER = "a post-handler needs a trap after the instruction";

  private final Neighbours neighbours;
  private final TextReader original;
  private final Switches switches;

  WantedText(Neighbours neighbours, TextReader original, Switches switches) {
    this.neighbours = neighbours;
    this.original = original;
    this.switches = switches;
  }

  TextState at(Aggregate probe) {
    if (!isArmedWanted(probe)) {
      return TextState.ORIGINAL;
    }
    return isJumpWanted(probe) ? TextState.JUMP : TextState.BREAKPOINT;
  }

  private boolean isArmedWanted(Aggregate probe) {
    return switches.isArmed() && probe.hasEnabledMember();
  }

  private boolean isJumpWanted(Aggregate probe) {
    PreparedDetour detour = probe.detour();
    return detour != null
        && switches.isOptimizing()
        && probe.detourRefusal() == null
        && isPermitted(probe)
        && armedIn(detour.window()) == null;
  }

  /** Why no jump is wanted there; empty if one is, or would be once a detour buffer is prepared. */
  Optional<Refusal> whyNotOptimized(Aggregate probe) {
    return notPermitted(probe)
        .or(() -> Optional.ofNullable(probe.detourRefusal()))
        .or(() -> switchedOff(probe))
        .or(() -> probeInWindow(probe));
  }

  /** Whether the probes there themselves permit it. */
  boolean isPermitted(Aggregate probe) {
    return obstacle(probe) == null;
  }

  private Optional<Refusal> notPermitted(Aggregate probe) {
    return Optional.ofNullable(obstacle(probe)).map(because -> notPermitted(probe, because));
  }

  private static @Nullable String obstacle(Aggregate probe) {
    Tier ceiling = TierChoice.ceiling(probe.members());
    if (TierChoice.hasPostHandler(probe.members())) {
      return POST_HANDLER;
    }
    return ceiling == Tier.OPTIMIZED ? null : "a probe here permits no tier above " + ceiling;
  }

  private Optional<Refusal> switchedOff(Aggregate probe) {
    return switches.isOptimizing()
        ? Optional.empty()
        : Optional.of(notPermitted(probe, "optimizing is switched off for all probes"));
  }

  private Optional<Refusal> probeInWindow(Aggregate probe) {
    PreparedDetour detour = probe.detour();
    return detour == null ? Optional.empty() : probeInWindow(detour.window());
  }

  /** Refuses a window, perhaps one only being asked about, in which another probe stands. */
  Optional<Refusal> probeInWindow(AddressRange window) {
    return Optional.ofNullable(armedIn(window))
        .map(
            other ->
                new Refusal.ProbeInWindow(culprit(other.address(), other.architecture()), window));
  }

  /** The first probe strictly inside the window that is armed, still or soon. */
  private @Nullable Aggregate armedIn(AddressRange window) {
    if (window.length() == 1) {
      return null;
    }
    for (Aggregate other : neighbours.in(new AddressRange(window.first() + 1, window.last()))) {
      if (other.text() != TextState.ORIGINAL || isArmedWanted(other)) {
        return other;
      }
    }
    return null;
  }

  private Refusal notPermitted(Aggregate probe, String because) {
    return new Refusal.NotPermitted(culprit(probe.address(), probe.architecture()), because);
  }

  private Culprit culprit(CodeAddress address, Architecture architecture) {
    return architecture.culprit(original, address);
  }
}
