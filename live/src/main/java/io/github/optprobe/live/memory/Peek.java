package io.github.optprobe.live.memory;

import com.sun.jna.Pointer;

/** Reads memory of this process wherever it is. What cannot be read ends the process. */
public final class Peek {
  private Peek() {}

  /**
   * Reads little-endian bytes, zero-extended.
   *
   * @param bytes how many: 1, 2, 4 or 8
   */
  public static long read(long address, int bytes) {
    Pointer pointer = new Pointer(address);
    return switch (bytes) {
      case 1 -> Byte.toUnsignedLong(pointer.getByte(0));
      case 2 -> Short.toUnsignedLong(pointer.getShort(0));
      case 4 -> Integer.toUnsignedLong(pointer.getInt(0));
      case 8 -> pointer.getLong(0);
      default -> throw new IllegalArgumentException(bytes + " bytes cannot be read at once");
    };
  }
}
