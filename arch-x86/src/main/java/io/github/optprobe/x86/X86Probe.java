package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.x86.plan.MovePlan;
import java.util.EnumSet;
import java.util.Set;

/** A prepared plain probe: every instruction that can be copied can be stepped and boosted. */
record X86Probe(MovePlan plan, RelocatedCode copy) implements PreparedProbe {
  @Override
  public CodeAddress address() {
    return plan.address();
  }

  @Override
  public byte[] original() {
    return plan.relocations().get(0).original().bytes();
  }

  @Override
  public Set<Tier> tiers() {
    return EnumSet.of(Tier.SINGLE_STEP, Tier.BOOSTED);
  }
}
