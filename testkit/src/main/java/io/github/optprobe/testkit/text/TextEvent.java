package io.github.optprobe.testkit.text;

import io.github.optprobe.text.AddressRange;
import java.util.HexFormat;
import java.util.OptionalLong;

/** One thing that was done to a text memory. All implementations are immutable records. */
public sealed interface TextEvent {

  /**
   * Text was written.
   *
   * @param address where
   * @param before what was there, as hex pairs with blanks between
   * @param after what is there now, in the same form
   */
  record Write(long address, String before, String after) implements TextEvent {
    static Write of(long address, byte[] before, byte[] after) {
      HexFormat hex = HexFormat.ofDelimiter(" ");
      return new Write(address, hex.formatHex(before), hex.formatHex(after));
    }

    /** The bytes that are there now. */
    public byte[] bytes() {
      return HexFormat.ofDelimiter(" ").parseHex(after);
    }

    @Override
    public String toString() {
      return "write 0x%x: %s -> %s".formatted(address, before, after);
    }
  }

  /** The CPUs were synchronised. */
  record Synchronize() implements TextEvent {
    @Override
    public String toString() {
      return "synchronize";
    }
  }

  /**
   * Memory was asked for.
   *
   * @param bytes how many
   * @param within where it had to lie
   * @param address where it lies, if any was free
   */
  record Allocate(int bytes, AddressRange within, OptionalLong address) implements TextEvent {
    @Override
    public String toString() {
      String result = address.isPresent() ? "0x%x".formatted(address.getAsLong()) : "nothing free";
      return "allocate %d bytes in %s: %s".formatted(bytes, within, result);
    }
  }

  /**
   * Memory was given back.
   *
   * @param address where it lay
   */
  record Free(long address) implements TextEvent {
    @Override
    public String toString() {
      return "free 0x%x".formatted(address);
    }
  }
}
