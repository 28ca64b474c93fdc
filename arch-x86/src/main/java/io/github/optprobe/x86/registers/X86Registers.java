package io.github.optprobe.x86.registers;

import io.github.optprobe.arch.RegisterFile;
import java.util.List;

/** The register file of x86-64: general registers by hardware number, then rip and rflags. */
public final class X86Registers {
  /** Number of rsp. */
  public static final int RSP = 4;

  /** Number of rsi. */
  public static final int RSI = 6;

  /** Number of rdi. */
  public static final int RDI = 7;

  /** Number of rip. */
  public static final int RIP = 16;

  /** Number of rflags. */
  public static final int RFLAGS = 17;

  /** The register file. */
  public static final RegisterFile FILE =
      new RegisterFile(
          List.of(
              "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11",
              "r12", "r13", "r14", "r15", "rip", "rflags"),
          "rip",
          "rsp");

  private X86Registers() {}
}
