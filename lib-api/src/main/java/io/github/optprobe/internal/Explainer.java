package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Explanation;
import io.github.optprobe.Explanation.Attempt;
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
import java.util.ArrayList;
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
    byte[] breakpoint = prepared.breakpoint();
    byte[] before = Arrays.copyOf(prepared.original(), breakpoint.length);
    return accepted(tier, prepared.address(), before, breakpoint);
  }

  private Verdict jump(Architecture architecture, CodeAddress address, @Nullable Aggregate there) {
    PreparedDetour mine = there == null ? null : there.detour();
    List<Attempt> attempts = new ArrayList<>();
    try {
      PreparedDetour detour =
          mine != null ? mine : preparer.dryRunDetour(architecture, address, attempts);
      try {
        return wanted
            .probeInWindow(detour.window())
            .map(refusal -> refusedVerdict(Tier.OPTIMIZED, refusal))
            .orElseGet(() -> jump(detour));
      } finally {
        if (mine == null) {
          slots.discard(detour);
        }
      }
    } catch (RefusedException refused) {
      return new Verdict(
          Tier.OPTIMIZED, Optional.of(refused.refusal()), List.of(), Optional.empty(), attempts);
    }
  }

  private Verdict jump(PreparedDetour detour) {
    List<Patch> patches = new ArrayList<>();
    patches.add(patch(detour.address().value(), detour.replaced(), detour.jump()));
    detour.link().filter(slots::isIsland).ifPresent(island -> patches.add(patch(island)));
    return new Verdict(
        Tier.OPTIMIZED, Optional.empty(), patches, Optional.of(detour.form()), List.of());
  }

  private Patch patch(RelocatedCode island) {
    byte[] after = island.bytes();
    return patch(island.start(), original.readFully(island.start(), after.length), after);
  }

  private void giveBack(RelocatedCode code) {
    slots.discard(code);
  }

  private static Verdict accepted(Tier tier, CodeAddress address, byte[] before, byte[] after) {
    return new Verdict(tier, Optional.empty(), List.of(patch(address.value(), before, after)));
  }

  private static Patch patch(long address, byte[] before, byte[] after) {
    return new Patch(address, HEX.formatHex(before), HEX.formatHex(after));
  }

  private static Verdict refusedVerdict(Tier tier, Refusal refusal) {
    return new Verdict(tier, Optional.of(refusal), List.of());
  }
}
