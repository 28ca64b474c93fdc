package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.x86.plan.MovePlan;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A prepared plain probe: every instruction that can be copied can be stepped and boosted. Keeps
 * nothing of the plan but the original bytes, because there may be very many.
 */
final class X86Probe implements PreparedProbe {
  private static final Set<Tier> TIERS =
      Collections.unmodifiableSet(EnumSet.of(Tier.SINGLE_STEP, Tier.BOOSTED));

  private final CodeAddress address;
  private final byte[] original;
  private final RelocatedCode copy;

  X86Probe(MovePlan plan, RelocatedCode copy) {
    this.address = plan.address();
    this.original = plan.relocations().get(0).original().bytes();
    this.copy = copy;
  }

  @Override
  public CodeAddress address() {
    return address;
  }

  @Override
  public byte[] original() {
    return original.clone();
  }

  @Override
  public RelocatedCode copy() {
    return copy;
  }

  /** The address behind the instruction. On the path of a hit: it copies no bytes to find it. */
  long nextAddress() {
    return address.value() + original.length;
  }

  @Override
  public Set<Tier> tiers() {
    return TIERS;
  }
}
