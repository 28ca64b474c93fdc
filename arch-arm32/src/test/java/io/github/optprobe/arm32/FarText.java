package io.github.optprobe.arm32;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;

/** A text in which memory is free from one address on only, as if all else were taken. */
final class FarText extends ForwardingText {
  /** Out of reach of every branch from a snippet. */
  static final long FAR = 0x9000_0000L;

  private static final int PAGES = 0x2_0000;

  private final long from;

  FarText(TextMemory text, long from) {
    super(text);
    this.from = from;
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    AddressRange free = AddressRange.ofLength(from, PAGES);
    if (!within.overlaps(free)) {
      return OptionalLong.empty();
    }
    return super.allocate(
        bytes,
        new AddressRange(
            Math.max(free.first(), within.first()), Math.min(free.last(), within.last())));
  }
}
