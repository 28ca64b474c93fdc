package io.github.optprobe.live.memory;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import java.util.Locale;

/**
 * What machine code sees of the thread and the time, for Java: the thread pointer (the word at
 * fs:0) and the time-stamp counter, read by a few bytes of code. On a host that is not x86-64,
 * where no machine code of ours runs beside, the number of the Java thread and {@link
 * System#nanoTime}.
 */
public final class HostThread {
  private static final boolean X86_64 =
      System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).matches("amd64|x86_64");

  private HostThread() {}

  /** What tells the calling thread from the others that live now. */
  public static long pointer() {
    return X86_64 ? Code.POINTER.invokeLong(new Object[0]) : Thread.currentThread().getId();
  }

  /** The time, in ticks of the time-stamp counter. */
  public static long ticks() {
    return X86_64 ? Code.TICKS.invokeLong(new Object[0]) : System.nanoTime();
  }

  /** Code that is made when it is first wanted. */
  private static final class Code {
    private static final int READ_EXECUTE = 5;
    private static final int TICKS_AT = 16;

    /** mov rax, fs:[0]; ret. */
    private static final byte[] POINTER_CODE = {
      0x64, 0x48, (byte) 0x8b, 0x04, 0x25, 0, 0, 0, 0, (byte) 0xc3
    };

    /** rdtsc; shl rdx, 32; or rax, rdx; ret. */
    private static final byte[] TICKS_CODE = {
      0x0f, 0x31, 0x48, (byte) 0xc1, (byte) 0xe2, 0x20, 0x48, 0x09, (byte) 0xd0, (byte) 0xc3
    };

    private static final Pointer PLACE = place();
    static final Function POINTER = Function.getFunction(PLACE);
    static final Function TICKS = Function.getFunction(PLACE.share(TICKS_AT));

    private Code() {}

    private static Pointer place() {
      DataBlock block = DataBlock.allocate(1);
      Pointer place = new Pointer(block.address());
      place.write(0, POINTER_CODE, 0, POINTER_CODE.length);
      place.write(TICKS_AT, TICKS_CODE, 0, TICKS_CODE.length);
      if (Libc.mprotect(block.address(), block.bytes(), READ_EXECUTE) != 0) {
        throw new IllegalStateException("the system lets no memory become executable");
      }
      return place;
    }
  }
}
