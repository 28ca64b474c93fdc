package io.github.optprobe.testkit.decode;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where an input lies; the memory's address is asked for once, since that is slow. */
final class NativeAddress {
  private @Nullable ByteBuffer memory;
  private long base;

  @SuppressWarnings("ReferenceEquality") // other buffers of the same content lie elsewhere
  long of(CodeInput input) {
    ByteBuffer current = input.memory();
    if (current != memory) {
      base = ofBuffer(current);
      memory = current;
    }
    return base + input.offset();
  }

  static long ofBuffer(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }
}
