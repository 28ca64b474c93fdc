package io.github.optprobe.testkit.unicorn;

import java.util.List;
import java.util.Map;

/** Unicorn's numbers for x86 in 32-bit mode, from its {@code x86.h}; they are part of its ABI. */
final class X86Profile32 {
  private static final int ARCH_X86 = 4;
  private static final int MODE_32 = 4;

  private static final int EAX = 19;
  private static final int EFLAGS = 25;
  private static final int EIP = 26;
  private static final int ESP = 30;
  private static final int XMM0 = 122;

  private static final int INSTRUCTION_SYSCALL = 699;
  private static final int INSTRUCTION_SYSENTER = 700;
  private static final long TRAP_FLAG = 0x100;
  private static final long HLT_RET = 0xc3f4;

  static final ExecutorProfile X86_32 =
      new ExecutorProfile(
          "x86-32",
          Integer.BYTES,
          ARCH_X86,
          MODE_32,
          Map.of(
              "eax", EAX, "ebp", 20, "ebx", 21, "ecx", 22, "edi", 23, "edx", 24, "esi", 29, "esp",
              ESP, "eip", EIP, "eflags", EFLAGS),
          ESP,
          EIP,
          List.of(),
          EAX,
          ExecutorProfile.NO_REGISTER,
          0x14,
          XMM0,
          8,
          3,
          1,
          List.of(INSTRUCTION_SYSCALL, INSTRUCTION_SYSENTER),
          EFLAGS,
          TRAP_FLAG,
          1,
          HLT_RET,
          1);

  private X86Profile32() {}
}
