package io.github.optprobe.arm32.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;

/**
 * The functions of Capstone, bound by JNA's direct mapping. Pointers and {@code size_t} are {@code
 * long}s, {@code bool} is a {@code byte}: there is nothing here for JNA to convert.
 *
 * <p>Bound once per process, to the library that passed {@link CapstoneLibrary}'s checks. Calling
 * one before {@link #bind} is an {@link UnsatisfiedLinkError}.
 */
@SuppressWarnings("MemberName") // direct mapping finds the functions by these names
final class CapstoneNative {
  private CapstoneNative() {}

  static void bind(NativeLibrary library) {
    Native.register(CapstoneNative.class, library);
  }

  /** The symbols that a library must have to be bound. */
  static List<String> symbols() {
    return Arrays.stream(CapstoneNative.class.getDeclaredMethods())
        .filter(method -> Modifier.isNative(method.getModifiers()))
        .map(Method::getName)
        .sorted()
        .toList();
  }

  static native int cs_open(int architecture, int mode, long handle);

  static native int cs_close(long handle);

  static native int cs_option(long handle, int type, long value);

  static native long cs_malloc(long handle);

  static native void cs_free(long instruction, long count);

  static native byte cs_disasm_iter(
      long handle, long code, long size, long address, long instruction);

  static native int cs_regs_access(
      long handle, long instruction, long read, long readCount, long written, long writtenCount);

  static native long cs_reg_name(long handle, int register);

  static native byte cs_insn_group(long handle, long instruction, int group);
}
