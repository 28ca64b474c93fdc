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
import java.util.stream.Stream;

/**
 * The one place that decides which text is wanted at a probed address, from the kprobes there and
 * the probes around it. Decides only; used under the registry's lock.
 */
final class WantedText {
  private final Neighbours neighbours;
  private final TextReader original;

  WantedText(Neighbours neighbours, TextReader original) {
    this.neighbours = neighbours;
    this.original = original;
  }

  TextState at(Aggregate probe) {
    if (!probe.hasEnabledMember()) {
      return TextState.ORIGINAL;
    }
    boolean jump = probe.detour() != null && whyNotOptimized(probe).isEmpty();
    return jump ? TextState.JUMP : TextState.BREAKPOINT;
  }

  /** Why no jump is wanted there; empty if one is, or would be once a detour buffer is prepared. */
  Optional<Refusal> whyNotOptimized(Aggregate probe) {
    return notPermitted(probe)
        .or(() -> Optional.ofNullable(probe.detourRefusal()))
        .or(() -> probeInWindow(probe));
  }

  /** Why the kprobes themselves do not permit it. */
  Optional<Refusal> notPermitted(Aggregate probe) {
    boolean post =
        Stream.of(probe.members()).anyMatch(member -> member.kprobe().postHandler().isPresent());
    if (post) {
      return Optional.of(notPermitted(probe, "a post-handler needs a trap after the instruction"));
    }
    Tier ceiling = TierChoice.ceiling(probe.members());
    return ceiling == Tier.OPTIMIZED
        ? Optional.empty()
        : Optional.of(notPermitted(probe, "a kprobe here permits no tier above " + ceiling));
  }

  /** The first armed probe, or probe about to be armed, strictly inside the window. */
  private Optional<Refusal> probeInWindow(Aggregate probe) {
    PreparedDetour detour = probe.detour();
    return detour == null ? Optional.empty() : probeInWindow(detour.window());
  }

  /** The same for a window that is only being asked about. */
  Optional<Refusal> probeInWindow(AddressRange window) {
    if (window.length() == 1) {
      return Optional.empty();
    }
    AddressRange inside = new AddressRange(window.first() + 1, window.last());
    return neighbours.in(inside).stream()
        .filter(other -> other.text() != TextState.ORIGINAL || other.hasEnabledMember())
        .findFirst()
        .map(
            other ->
                new Refusal.ProbeInWindow(culprit(other.address(), other.architecture()), window));
  }

  private Refusal notPermitted(Aggregate probe, String because) {
    return new Refusal.NotPermitted(culprit(probe.address(), probe.architecture()), because);
  }

  private Culprit culprit(CodeAddress address, Architecture architecture) {
    return architecture.culprit(original, address);
  }
}
