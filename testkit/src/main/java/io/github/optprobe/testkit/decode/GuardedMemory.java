package io.github.optprobe.testkit.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/**
 * Pages of memory with one behind them that can not be touched. They are mapped until the process
 * ends: there are as many as threads that fuzz.
 */
final class GuardedMemory {
  private static final int PAGE = 1 << 16;
  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  // MAP_PRIVATE | MAP_ANONYMOUS, as Linux numbers them on x86 and ARM.
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final long MAP_FAILED = -1;

  private GuardedMemory() {}

  /** A page whose last byte is the last one that can be read. */
  static ByteBuffer allocate() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      throw new DecoderUnavailableException("guarded memory needs Linux");
    }
    Native.register(Calls.class, NativeLibrary.getInstance("c"));
    long start = Calls.mmap(0, 2L * PAGE, PROT_READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || Calls.mprotect(start + PAGE, PAGE, PROT_NONE) != 0) {
      throw new DecoderUnavailableException("guarded memory: errno " + Native.getLastError());
    }
    return new Pointer(start).getByteBuffer(0, PAGE);
  }

  /** The C functions as they are, by direct mapping. */
  private static final class Calls {
    private Calls() {}

    static native long mmap(
        long address, long length, int protection, int flags, int file, long offset);

    static native int mprotect(long address, long length, int protection);
  }
}
