package io.github.optprobe.testkit.decode;

/** The functions of Capstone, by direct mapping; pointers are numbers, for speed. */
@SuppressWarnings("MemberName") // direct mapping finds the functions by these names
final class CapstoneCalls {
  private CapstoneCalls() {}

  static native int cs_open(int architecture, int mode, long handle);

  static native int cs_option(long handle, int type, long value);

  static native long cs_malloc(long handle);

  static native byte cs_disasm_iter(
      long handle, long code, long size, long address, long instruction);

  static native int cs_regs_access(
      long handle, long instruction, long read, long readCount, long written, long writtenCount);

  static native long cs_reg_name(long handle, int register);

  static native long cs_insn_name(long handle, int instruction);

  static native byte cs_support(int query);
}
