package io.github.optprobe.benchmarks;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.HexFormat;

/**
 * Loops in machine code: what a call costs there, with no Java in between. Their memory is never
 * given back.
 */
final class CallLoop {
  /**
   * Calls its second argument with its first, that less 1, and so on down to 1; returns the sum of
   * what these calls return. Assembled by GNU as.
   */
  private static final String CALLS =
      "535541544889fb4889f54531e44889dfffd54901c448ffcb75f34c89e0415c5d5bc3";

  /** Makes as many {@code getppid} system calls as its argument says. Assembled by GNU as. */
  private static final String SYSTEM_CALLS = "534889fbb86e0000000f0548ffcb75f45bc3";

  private static final int PROTECTION_ALL = 7;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int PAGE = 4096;
  private static final int SECOND = 64;

  private final Function calls;
  private final Function systemCalls;
  private final long function;

  /**
   * Prepares the loops.
   *
   * @param function the address of a C function of one integer that returns one
   */
  CallLoop(long function) {
    this.function = function;
    Object[] wanted = {null, (long) PAGE, PROTECTION_ALL, PRIVATE_ANONYMOUS, -1, 0L};
    Pointer page = NativeLibrary.getProcess().getFunction("mmap").invokePointer(wanted);
    calls = write(page, CALLS);
    systemCalls = write(page.share(SECOND), SYSTEM_CALLS);
  }

  private static Function write(Pointer place, String machineCode) {
    byte[] bytes = HexFormat.of().parseHex(machineCode);
    place.write(0, bytes, 0, bytes.length);
    return Function.getFunction(place);
  }

  /** Calls the function so many times; returns the sum of its results. */
  long calls(long times) {
    return calls.invokeLong(new Object[] {times, function});
  }

  /** Calls the system so many times; returns 0. */
  long systemCalls(long times) {
    systemCalls.invokeVoid(new Object[] {times});
    return 0;
  }
}
