package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.x86.emulate.Emulation;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** A prepared plain probe on an instruction that can be emulated, whether it is copied or not. */
final class EmulatedProbe extends X86Probe {
  private static final Set<Tier> ALSO =
      Collections.unmodifiableSet(EnumSet.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.EMULATED));
  private static final Set<Tier> ONLY = Collections.unmodifiableSet(EnumSet.of(Tier.EMULATED));

  private final Emulation emulation;

  /**
   * Creates one.
   *
   * @param copy what no CPU is sent to if the emulation replaces it
   */
  EmulatedProbe(CodeAddress address, byte[] original, RelocatedCode copy, Emulation emulation) {
    super(address, original, copy);
    this.emulation = emulation;
  }

  @Override
  public Set<Tier> tiers() {
    return emulation.replacesCopy() ? ONLY : ALSO;
  }

  void emulate(Registers registers, DataMemory memory) {
    emulation.run(nextAddress(), registers, memory);
  }
}
