package io.github.optprobe.arm32.decode;

import com.sun.jna.Native;
import java.nio.ByteOrder;

/**
 * The data model of the machine that we run on, which decides the layout of the decoder's structs.
 *
 * @param pointerSize bytes in a C pointer
 * @param sizeSize bytes in a C {@code size_t}
 * @param littleEndian true when the least significant byte comes first
 */
record HostModel(int pointerSize, int sizeSize, boolean littleEndian) {
  static HostModel current() {
    return new HostModel(
        Native.POINTER_SIZE,
        Native.SIZE_T_SIZE,
        ByteOrder.nativeOrder().equals(ByteOrder.LITTLE_ENDIAN));
  }

  /** True for the one model that {@link CapstoneLayout} was measured on. */
  boolean isSupported() {
    return pointerSize == 8 && sizeSize == 8 && littleEndian;
  }

  @Override
  public String toString() {
    return "%d-bit pointers, %d-bit size_t, %s endian"
        .formatted(pointerSize * 8, sizeSize * 8, littleEndian ? "little" : "big");
  }
}
