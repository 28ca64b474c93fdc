package io.github.optprobe.testkit.decode;

/** The functions of Zydis, by direct mapping; pointers are numbers, for speed. */
@SuppressWarnings("MemberName") // direct mapping finds the functions by these names
final class ZydisCalls {
  private ZydisCalls() {}

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

  static native long ZydisRegisterGetString(int register);
}
