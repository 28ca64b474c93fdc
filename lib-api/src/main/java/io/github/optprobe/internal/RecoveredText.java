package io.github.optprobe.internal;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;

/**
 * The text as it would be without any probe. Everything that analyses code reads this, so that no
 * decision is ever made about bytes that the library itself has written. Used under the registry's
 * lock. Source of the rule: the kernel's {@code recover_probed_instruction()}.
 */
final class RecoveredText implements TextReader {
  private final TextMemory text;
  private final Neighbours neighbours;
  private final Islands islands;

  RecoveredText(TextMemory text, Neighbours neighbours, Islands islands) {
    this.text = text;
    this.neighbours = neighbours;
    this.islands = islands;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int count = text.read(address, into, offset, length);
    if (count > 0) {
      AddressRange wanted = AddressRange.ofLength(address, count);
      for (Aggregate probe : neighbours.reaching(wanted)) {
        if (probe.text() != TextState.ORIGINAL) {
          overlay(probe.addressValue(), replacedBytes(probe), wanted, into, offset);
        }
      }
      islands.recover(wanted, into, offset);
    }
    return count;
  }

  private static byte[] replacedBytes(Aggregate probe) {
    PreparedDetour jump = probe.jump();
    return jump == null ? probe.prepared().original() : jump.replaced();
  }

  /** Puts the bytes that belong at an address over those of a range that were read. */
  static void overlay(long at, byte[] bytes, AddressRange wanted, byte[] into, int offset) {
    for (int i = 0; i < bytes.length; i++) {
      if (wanted.contains(at + i)) {
        into[offset + (int) (at + i - wanted.first())] = bytes[i];
      }
    }
  }
}
