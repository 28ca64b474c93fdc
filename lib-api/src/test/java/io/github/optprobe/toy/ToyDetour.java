package io.github.optprobe.toy;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import java.util.Optional;

/** A prepared detour buffer. */
final class ToyDetour implements PreparedDetour {
  private final CodeAddress address;
  private final AddressRange window;
  private final byte[] replaced;
  private final RelocatedCode buffer;
  private final Optional<RelocatedCode> island;

  ToyDetour(
      CodeAddress address,
      AddressRange window,
      byte[] replaced,
      RelocatedCode buffer,
      Optional<RelocatedCode> island) {
    this.address = address;
    this.window = window;
    this.replaced = replaced.clone();
    this.buffer = buffer;
    this.island = island;
  }

  @Override
  public CodeAddress address() {
    return address;
  }

  @Override
  public AddressRange window() {
    return window;
  }

  @Override
  public byte[] jump() {
    return island
        .map(there -> new byte[] {ToyOp.JR.code(), (byte) (there.start() - address.value() - 2)})
        .orElseGet(() -> ToyRelocator.abs(ToyOp.JMP, buffer.slot().address()));
  }

  @Override
  public byte[] replaced() {
    return replaced.clone();
  }

  @Override
  public Optional<RelocatedCode> link() {
    return island;
  }

  @Override
  public JumpForm form() {
    return island.isPresent() ? ToyArchitecture.ISLAND : PreparedDetour.super.form();
  }

  @Override
  public RelocatedCode buffer() {
    return buffer;
  }
}
