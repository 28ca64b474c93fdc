package io.github.optprobe.toy;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;

/** A prepared detour buffer. */
final class ToyDetour implements PreparedDetour {
  private final CodeAddress address;
  private final AddressRange window;
  private final byte[] replaced;
  private final RelocatedCode buffer;

  ToyDetour(CodeAddress address, AddressRange window, byte[] replaced, RelocatedCode buffer) {
    this.address = address;
    this.window = window;
    this.replaced = replaced.clone();
    this.buffer = buffer;
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
    return ToyRelocator.abs(ToyOp.JMP, buffer.slot().address());
  }

  @Override
  public byte[] replaced() {
    return replaced.clone();
  }

  @Override
  public RelocatedCode buffer() {
    return buffer;
  }
}
