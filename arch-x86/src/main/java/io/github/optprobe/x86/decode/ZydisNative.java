package io.github.optprobe.x86.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;

/**
 * The functions of Zydis, bound by JNA's direct mapping. Pointers are {@code long}s: that is four
 * times as fast as JNA's objects, and there is nothing here for JNA to convert.
 *
 * <p>Bound once per process, to the library that passed {@link ZydisLibrary}'s checks. Calling one
 * before {@link #bind} is an {@link UnsatisfiedLinkError}.
 */
@SuppressWarnings("MemberName") // direct mapping finds the functions by these names
final class ZydisNative {
  private ZydisNative() {}

  static void bind(NativeLibrary library) {
    Native.register(ZydisNative.class, library);
  }

  /** The symbols that a library must have to be bound. */
  static List<String> symbols() {
    return Arrays.stream(ZydisNative.class.getDeclaredMethods())
        .filter(method -> Modifier.isNative(method.getModifiers()))
        .map(Method::getName)
        .sorted()
        .toList();
  }

  static native long ZydisGetVersion();

  static native int ZydisDecoderInit(long decoder, int machineMode, int stackWidth);

  static native int ZydisDecoderDecodeInstruction(
      long decoder, long context, long buffer, long length, long instruction);

  static native int ZydisDecoderDecodeFull(
      long decoder, long buffer, long length, long instruction, long operands);

  static native int ZydisFormatterInit(long formatter, int style);

  static native int ZydisFormatterFormatInstruction(
      long formatter,
      long instruction,
      long operands,
      byte operandCount,
      long buffer,
      long length,
      long runtimeAddress,
      long userData);

  static native long ZydisMnemonicGetString(int mnemonic);

  static native long ZydisCategoryGetString(int category);

  static native long ZydisRegisterGetString(int register);
}
