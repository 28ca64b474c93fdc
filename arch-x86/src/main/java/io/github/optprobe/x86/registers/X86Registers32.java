package io.github.optprobe.x86.registers;

import io.github.optprobe.arch.RegisterFile;
import java.util.List;

/** The register file of x86-32: general registers by hardware number, then eip and eflags. */
public final class X86Registers32 {
  /** Number of eax. */
  public static final int EAX = 0;

  /** Number of edx. */
  public static final int EDX = 2;

  /** Number of esp. */
  public static final int ESP = 4;

  /** Number of eip. */
  public static final int EIP = 8;

  /** Number of eflags. */
  public static final int EFLAGS = 9;

  /** The register file. */
  public static final RegisterFile FILE =
      new RegisterFile(
          List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags"),
          "eip",
          "esp");

  private X86Registers32() {}
}
