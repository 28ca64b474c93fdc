package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.x86.patch.PokeProtocol;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A prepared plain probe: every instruction that can be copied can be stepped and boosted. Keeps
 * nothing of the plan but the original bytes, because there may be very many.
 */
sealed class X86Probe implements PreparedProbe permits EmulatedProbe {
  private static final Set<Tier> TIERS =
      Collections.unmodifiableSet(EnumSet.of(Tier.SINGLE_STEP, Tier.BOOSTED));

  private final CodeAddress address;
  private final byte[] original;
  private final RelocatedCode copy;

  /**
   * Creates one.
   *
   * @param original the bytes of the instruction; kept, not copied
   */
  X86Probe(CodeAddress address, byte[] original, RelocatedCode copy) {
    this.address = address;
    this.original = original;
    this.copy = copy;
  }

  @Override
  public final CodeAddress address() {
    return address;
  }

  @Override
  public final byte[] original() {
    return original.clone();
  }

  @Override
  public final byte[] breakpoint() {
    return new byte[] {PokeProtocol.INT3};
  }

  @Override
  public final RelocatedCode copy() {
    return copy;
  }

  /** The address behind the instruction. On the path of a hit: it copies no bytes to find it. */
  final long nextAddress() {
    long next = address.value() + original.length;
    return address.instructionSet().canAddress(next) ? next : 0;
  }

  @Override
  public Set<Tier> tiers() {
    return TIERS;
  }
}
