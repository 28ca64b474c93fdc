package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.Slot;
import java.util.Set;

/** A preparation of which only the address matters. */
record BarePrepared(CodeAddress address) implements PreparedProbe {
  @Override
  public byte[] original() {
    return new byte[1];
  }

  @Override
  public byte[] breakpoint() {
    return new byte[1];
  }

  @Override
  public RelocatedCode copy() {
    return new RelocatedCode(
        new Slot(0x8000, 4), new byte[4], new int[] {0}, new long[] {address.value()}, 1);
  }

  @Override
  public Set<Tier> tiers() {
    return Set.of(Tier.BOOSTED);
  }
}
