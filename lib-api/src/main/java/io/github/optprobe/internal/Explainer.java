package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Explanation;
import io.github.optprobe.Explanation.Patch;
import io.github.optprobe.Explanation.Verdict;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.TextReader;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A dry run: prepares as for a registration, notes what would be written, and gives the slots back.
 * Used under the registry's lock.
 */
final class Explainer {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private final Preparer preparer;
  private final WantedText wanted;
  private final TextReader original;
  private final SlotKeeper slots;

  Explainer(Preparer preparer, WantedText wanted, TextReader original, SlotKeeper slots) {
    this.preparer = preparer;
    this.wanted = wanted;
    this.original = original;
    this.slots = slots;
  }

  /**
   * Explains an address.
   *
   * @param there the probe that stands there, if one does
   */
  Explanation explain(Architecture architecture, CodeAddress address, @Nullable Aggregate there) {
    Function<Tier, Verdict> verdicts = verdicts(architecture, address, there);
    Culprit culprit = architecture.culprit(original, address);
    return new Explanation(culprit, Arrays.stream(Tier.values()).map(verdicts).toList());
  }

  private Function<Tier, Verdict> verdicts(
      Architecture architecture, CodeAddress address, @Nullable Aggregate there) {
    if (there != null && !there.address().equals(address)) {
      Culprit culprit = architecture.culprit(original, address);
      Refusal refusal = new Refusal.OverlapsProbedInstruction(culprit, there.addressValue());
      return tier -> refusedVerdict(tier, refusal);
    }
    try {
      PreparedProbe prepared =
          there != null ? there.prepared() : preparer.dryRun(architecture, address);
      try {
        Verdict jump = jump(architecture, address, there);
        return tier -> tier == Tier.OPTIMIZED ? jump : trap(architecture, prepared, tier);
      } finally {
        if (there == null) {
          giveBack(prepared.copy());
        }
      }
    } catch (RefusedException refused) {
      return tier -> refusedVerdict(tier, refused.refusal());
    }
  }

  private Verdict trap(Architecture architecture, PreparedProbe prepared, Tier tier) {
    if (!prepared.tiers().contains(tier)) {
      Culprit culprit = architecture.culprit(original, prepared.address());
      return refusedVerdict(tier, new Refusal.TierNotOffered(culprit, tier));
    }
    byte[] breakpoint = architecture.breakpoint();
    byte[] before = Arrays.copyOf(prepared.original(), breakpoint.length);
    return accepted(tier, prepared.address(), before, breakpoint);
  }

  private Verdict jump(Architecture architecture, CodeAddress address, @Nullable Aggregate there) {
    PreparedDetour mine = there == null ? null : there.detour();
    try {
      PreparedDetour detour = mine != null ? mine : preparer.dryRunDetour(architecture, address);
      try {
        return wanted
            .probeInWindow(detour.window())
            .map(refusal -> refusedVerdict(Tier.OPTIMIZED, refusal))
            .orElseGet(() -> accepted(Tier.OPTIMIZED, address, detour.replaced(), detour.jump()));
      } finally {
        if (mine == null) {
          giveBack(detour.buffer());
        }
      }
    } catch (RefusedException refused) {
      return refusedVerdict(Tier.OPTIMIZED, refused.refusal());
    }
  }

  private void giveBack(RelocatedCode code) {
    slots.discard(code);
  }

  private static Verdict accepted(Tier tier, CodeAddress address, byte[] before, byte[] after) {
    Patch patch = new Patch(address.value(), HEX.formatHex(before), HEX.formatHex(after));
    return new Verdict(tier, Optional.empty(), List.of(patch));
  }

  private static Verdict refusedVerdict(Tier tier, Refusal refusal) {
    return new Verdict(tier, Optional.of(refusal), List.of());
  }
}
