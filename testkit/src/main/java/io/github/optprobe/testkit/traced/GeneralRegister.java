package io.github.optprobe.testkit.traced;

/**
 * The registers of {@code struct user_regs_struct} of x86-64 Linux, in its order. In 32-bit mode
 * the low halves of the first eight are eax, ecx and so on.
 */
public enum GeneralRegister {
  /** r15. */
  R15(0),
  /** r14. */
  R14(1),
  /** r13. */
  R13(2),
  /** r12. */
  R12(3),
  /** rbp. */
  RBP(4),
  /** rbx. */
  RBX(5),
  /** r11. */
  R11(6),
  /** r10. */
  R10(7),
  /** r9. */
  R9(8),
  /** r8. */
  R8(9),
  /** rax. */
  RAX(10),
  /** rcx. */
  RCX(11),
  /** rdx. */
  RDX(12),
  /** rsi. */
  RSI(13),
  /** rdi. */
  RDI(14),
  /** The kernel's note of an interrupted system call; always -1, none, here. */
  ORIG_RAX(15),
  /** rip. */
  RIP(16),
  /** The code segment: says whether the mode is 64 or 32 bits. */
  CS(17),
  /** rflags. */
  RFLAGS(18),
  /** rsp. */
  RSP(19),
  /** The stack segment. */
  SS(20),
  /** What addresses with an fs prefix are relative to. */
  FS_BASE(21),
  /** What addresses with a gs prefix are relative to. */
  GS_BASE(22),
  /** A data segment. */
  DS(23),
  /** A data segment. */
  ES(24),
  /** A data segment. */
  FS(25),
  /** A data segment. */
  GS(26);

  private static final GeneralRegister[] BY_NUMBER = {
    RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15
  };

  private final int index;

  GeneralRegister(int index) {
    this.index = index;
  }

  /**
   * The general register of a hardware number.
   *
   * @param number 0 (rax) to 15 (r15)
   */
  public static GeneralRegister ofNumber(int number) {
    return BY_NUMBER[number];
  }

  /** Its place in arrays of all registers. */
  public int index() {
    return index;
  }

  /** Its place in the kernel's structure, in bytes. */
  int offset() {
    return index * Long.BYTES;
  }
}
