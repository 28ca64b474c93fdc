package io.github.optprobe.x86;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;

/** A text in whose address space memory is free in one range only, and elsewhere in crumbs. */
final class Scarce extends ForwardingText {
  /** Out of reach of every branch of a snippet. */
  static final AddressRange FAR = AddressRange.ofLength(0x20_0000_0000L, 1 << 20);

  private final AddressRange free;
  private final int crumb;

  /**
   * Creates it.
   *
   * @param crumb the largest piece that is free everywhere, in bytes
   */
  Scarce(TextMemory text, AddressRange free, int crumb) {
    super(text);
    this.free = free;
    this.crumb = crumb;
  }

  static Scarce farOnly(TextMemory text) {
    return new Scarce(text, FAR, 0);
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    if (bytes <= crumb) {
      return super.allocate(bytes, within);
    }
    return within
        .intersect(free)
        .map(part -> super.allocate(bytes, part))
        .orElse(OptionalLong.empty());
  }
}
