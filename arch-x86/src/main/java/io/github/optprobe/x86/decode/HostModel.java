package io.github.optprobe.x86.decode;

import com.sun.jna.Native;
import java.nio.ByteOrder;

/**
 * The data model of the machine that we run on, which decides the layout of the decoder's structs.
 *
 * @param pointerSize bytes in a C pointer
 * @param longSize bytes in a C {@code long}
 * @param littleEndian true when the least significant byte comes first
 */
record HostModel(int pointerSize, int longSize, boolean littleEndian) {
  static HostModel current() {
    return new HostModel(
        Native.POINTER_SIZE,
        Native.LONG_SIZE,
        ByteOrder.nativeOrder().equals(ByteOrder.LITTLE_ENDIAN));
  }

  /** True for the one model that {@link ZydisLayout} was measured on. */
  boolean isSupported() {
    return pointerSize == 8 && longSize == 8 && littleEndian;
  }

  @Override
  public String toString() {
    return "%d-bit pointers, %d-bit long, %s endian"
        .formatted(pointerSize * 8, longSize * 8, littleEndian ? "little" : "big");
  }
}
