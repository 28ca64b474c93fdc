package io.github.optprobe.examples.mutants;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import java.util.Optional;

/** A prepared detour that says what another one says, until it is overridden. */
class MutantDetour implements PreparedDetour {
  private final PreparedDetour base;

  MutantDetour(PreparedDetour base) {
    this.base = base;
  }

  /** The same with another buffer in its slot. */
  static PreparedDetour withBuffer(PreparedDetour base, RelocatedCode buffer) {
    return new MutantDetour(base) {
      @Override
      public RelocatedCode buffer() {
        return buffer;
      }
    };
  }

  /** The same over another window. */
  static PreparedDetour withWindow(PreparedDetour base, AddressRange window) {
    return new MutantDetour(base) {
      @Override
      public AddressRange window() {
        return window;
      }
    };
  }

  static PreparedDetour unwrapped(PreparedDetour detour) {
    return detour instanceof MutantDetour mutant ? unwrapped(mutant.base) : detour;
  }

  @Override
  public CodeAddress address() {
    return base.address();
  }

  @Override
  public AddressRange window() {
    return base.window();
  }

  @Override
  public byte[] jump() {
    return base.jump();
  }

  @Override
  public byte[] replaced() {
    return base.replaced();
  }

  @Override
  public RelocatedCode buffer() {
    return base.buffer();
  }

  @Override
  public Optional<RelocatedCode> link() {
    return base.link();
  }

  @Override
  public JumpForm form() {
    return base.form();
  }
}
