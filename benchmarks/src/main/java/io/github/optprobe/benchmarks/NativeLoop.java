package io.github.optprobe.benchmarks;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.HexFormat;

/**
 * The decoder library's own loop: machine code that calls {@code ZydisDecoderDecodeFull} on one
 * instruction after the other, with no Java in between. What decoding costs without us.
 */
final class NativeLoop {
  /**
   * A loop over (function, decoder, code, length, instruction, operands, count), which its argument
   * points to; returns how many bytes it went through. Assembled by GNU as.
   */
  private static final String LOOP =
      "53554154415541564889fb4c8b63104c8b6b1831ed483b6b307333488b7b084c89e64c89ea488b4b20"
          + "4c8b4328ff1385c07813488b4b200fb641084901c44929c548ffc5ebcf49ffc449ffcdebc7"
          + "4c89e0482b4310415e415d415c5d5bc3";

  private static final int MODE_LONG_64 = 0;
  private static final int STACK_WIDTH_64 = 2;
  private static final int PROTECTION_ALL = 7;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int PAGE = 4096;

  private final Memory decoder = new Memory(64);
  private final Memory instruction = new Memory(512);
  private final Memory operands = new Memory(1024);
  private final Memory code;
  private final Memory arguments = new Memory(7L * Long.BYTES);
  private final Function loop;

  /**
   * Prepares the loop.
   *
   * @param bytes what is decoded
   * @param count how many instructions each run decodes; there must be as many
   */
  NativeLoop(byte[] bytes, int count) {
    NativeLibrary zydis = NativeLibrary.getInstance("Zydis");
    decoder.clear();
    int status =
        zydis
            .getFunction("ZydisDecoderInit")
            .invokeInt(new Object[] {decoder, MODE_LONG_64, STACK_WIDTH_64});
    if (status < 0) {
      throw new IllegalStateException("the decoder does not start: " + status);
    }
    code = new Memory(bytes.length + 16L);
    code.clear();
    code.write(0, bytes, 0, bytes.length);
    Pointer decode = zydis.getFunction("ZydisDecoderDecodeFull");
    Pointer[] pointers = {decode, decoder, code, null, instruction, operands};
    for (int i = 0; i < pointers.length; i++) {
      arguments.setLong(i * (long) Long.BYTES, Pointer.nativeValue(pointers[i]));
    }
    arguments.setLong(3L * Long.BYTES, bytes.length);
    arguments.setLong(6L * Long.BYTES, count);
    loop = Function.getFunction(executable());
  }

  /** Decodes them all; returns how many bytes they have. */
  long run() {
    return loop.invokeLong(new Object[] {arguments});
  }

  private static Pointer executable() {
    Object[] wanted = {null, (long) PAGE, PROTECTION_ALL, PRIVATE_ANONYMOUS, -1, 0L};
    Pointer page = NativeLibrary.getProcess().getFunction("mmap").invokePointer(wanted);
    byte[] machineCode = HexFormat.of().parseHex(LOOP);
    page.write(0, machineCode, 0, machineCode.length);
    return page;
  }
}
