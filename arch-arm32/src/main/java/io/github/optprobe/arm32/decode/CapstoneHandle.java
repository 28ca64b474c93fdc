package io.github.optprobe.arm32.decode;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.optprobe.arm32.DecoderUnavailableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One open handle of the decoder with its one instruction struct. A handle keeps the state of an IT
 * block from one decode to the next, so it is confined to a thread, and {@link CapstoneFrame} sees
 * to it that none is left over.
 */
final class CapstoneHandle implements Runnable {
  private static final int OK = 0;

  private final ByteBuffer cell =
      ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
  private final long handle;
  private final long instruction;

  private CapstoneHandle(int mode) {
    long address = Pointer.nativeValue(Native.getDirectBufferPointer(cell));
    requireOk(CapstoneNative.cs_open(CapstoneLayout.ARCH_ARM, mode, address));
    this.handle = cell.getLong(0);
    requireOk(CapstoneNative.cs_option(handle, CapstoneLayout.OPTION_DETAIL, CapstoneLayout.ON));
    this.instruction = CapstoneNative.cs_malloc(handle);
    if (instruction == 0) {
      throw new DecoderUnavailableException("The ARM instruction decoder is out of memory");
    }
  }

  static CapstoneHandle ofA32() {
    return new CapstoneHandle(CapstoneLayout.MODE_ARM);
  }

  static CapstoneHandle ofT32() {
    return new CapstoneHandle(CapstoneLayout.MODE_THUMB);
  }

  private static void requireOk(int error) {
    if (error != OK) {
      throw new DecoderUnavailableException(
          "The ARM instruction decoder (Capstone) refuses to start: error %d".formatted(error));
    }
  }

  long handle() {
    return handle;
  }

  /** Address of the {@code cs_insn}. */
  long instruction() {
    return instruction;
  }

  /** Frees the native memory; the handle is not to be used again. */
  @Override
  public void run() {
    CapstoneNative.cs_free(instruction, 1);
    CapstoneNative.cs_close(Pointer.nativeValue(Native.getDirectBufferPointer(cell)));
  }
}
