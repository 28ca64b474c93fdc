package io.github.optprobe.testkit.unicorn;

import io.github.optprobe.testkit.unicorn.ExecutorProfile.Family;
import io.github.optprobe.testkit.unicorn.ExecutorProfile.ProgramCounterUpkeep;
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

  static final ExecutorProfile X86_32 =
      new ExecutorProfile(
          "x86-32",
          Family.X86,
          Integer.BYTES,
          ARCH_X86,
          MODE_32,
          Map.of(
              "eax", EAX, "ebp", 20, "ebx", 21, "ecx", 22, "edi", 23, "edx", 24, "esi", 29, "esp",
              ESP, "eip", EIP, "eflags", EFLAGS),
          Map.of(),
          new CallRegisters(EIP, ESP, List.of(), EAX, ExecutorProfile.NO_REGISTER),
          X86Profile.status(EFLAGS),
          VectorBank.withoutStatus(XMM0, 8),
          ExecutorProfile.NO_REGISTER,
          0x14,
          List.of(INSTRUCTION_SYSCALL, INSTRUCTION_SYSENTER),
          ProgramCounterUpkeep.BEFORE_ACCESSES);

  private X86Profile32() {}
}
