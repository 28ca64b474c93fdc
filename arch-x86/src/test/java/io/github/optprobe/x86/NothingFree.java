package io.github.optprobe.x86;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;

/** A text in whose address space everything is taken. */
final class NothingFree extends ForwardingText {
  NothingFree(TextMemory text) {
    super(text);
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    return OptionalLong.empty();
  }
}
