package io.github.optprobe.examples.mutants;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import java.util.Set;

/** A prepared probe that says what another one says, until it is overridden. */
class MutantProbe implements PreparedProbe {
  private final PreparedProbe base;

  MutantProbe(PreparedProbe base) {
    this.base = base;
  }

  /** The same with another copy in its slot. */
  static PreparedProbe withCopy(PreparedProbe base, RelocatedCode copy) {
    return new MutantProbe(base) {
      @Override
      public RelocatedCode copy() {
        return copy;
      }
    };
  }

  /** The same in other tiers. */
  static PreparedProbe withTiers(PreparedProbe base, Set<Tier> tiers) {
    return new MutantProbe(base) {
      @Override
      public Set<Tier> tiers() {
        return tiers;
      }
    };
  }

  static PreparedProbe unwrapped(PreparedProbe probe) {
    return probe instanceof MutantProbe mutant ? unwrapped(mutant.base) : probe;
  }

  @Override
  public CodeAddress address() {
    return base.address();
  }

  @Override
  public byte[] original() {
    return base.original();
  }

  @Override
  public byte[] breakpoint() {
    return base.breakpoint();
  }

  @Override
  public RelocatedCode copy() {
    return base.copy();
  }

  @Override
  public Set<Tier> tiers() {
    return base.tiers();
  }
}
