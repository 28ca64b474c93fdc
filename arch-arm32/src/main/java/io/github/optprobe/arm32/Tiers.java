package io.github.optprobe.arm32;

import io.github.optprobe.Tier;
import io.github.optprobe.arm32.emulate.Emulation;
import io.github.optprobe.arm32.relocate.Relocation;
import io.github.optprobe.arm32.scan.ItPosition;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which breakpoint tiers an instruction has.
 *
 * <p>Emulation and stepping know the place in an IT block, because the trap says so. A boosted copy
 * comes back by a branch, which can not restore the state of the block: it is for instructions
 * outside of one, and for the last of one, but not for an IT, behind which the block begins. Only
 * one that is copied as it is, or has no emulation, is stepped.
 */
final class Tiers {
  private Tiers() {}

  static Set<Tier> of(
      Optional<Relocation> relocation, Optional<Emulation> emulation, ItPosition it) {
    Set<Tier> tiers = EnumSet.noneOf(Tier.class);
    emulation.ifPresent(unused -> tiers.add(Tier.EMULATED));
    if (relocation.isPresent()) {
      boolean verbatim = relocation.get().isVerbatim();
      boolean stepped = verbatim ? !branches(relocation.get()) : emulation.isEmpty();
      if (stepped && (verbatim || it.known())) {
        tiers.add(Tier.SINGLE_STEP);
      }
      if (it.known() && !relocation.get().original().nextIt().inBlock()) {
        tiers.add(Tier.BOOSTED);
      }
    }
    return Set.copyOf(tiers);
  }

  private static boolean branches(Relocation relocation) {
    return relocation.original().verdict().writesPc();
  }

  static boolean needCopy(Set<Tier> tiers) {
    return tiers.contains(Tier.SINGLE_STEP) || tiers.contains(Tier.BOOSTED);
  }
}
