package io.github.optprobe.testkit.unicorn;

import io.github.optprobe.testkit.unicorn.ExecutorProfile.Family;
import io.github.optprobe.testkit.unicorn.ExecutorProfile.ProgramCounterUpkeep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Unicorn's numbers for x86, from its {@code x86.h}; they are part of its ABI. */
final class X86Profile {
  private static final int ARCH_X86 = 4;
  private static final int MODE_64 = 8;

  private static final int EFLAGS = 25;
  private static final int RAX = 35;
  private static final int RCX = 38;
  private static final int RDI = 39;
  private static final int RDX = 40;
  private static final int RIP = 41;
  private static final int RSI = 43;
  private static final int RSP = 44;
  private static final int R8 = 106;
  private static final int XMM0 = 122;
  private static final int FS_BASE = 250;
  private static final int GS_BASE = 251;

  private static final int INSTRUCTION_SYSCALL = 699;
  private static final int INSTRUCTION_SYSENTER = 700;

  /** CF, PF, AF, ZF, SF and OF. */
  private static final long ARITHMETIC_FLAGS = 0x8d5;

  static final ExecutorProfile X86_64 =
      new ExecutorProfile(
          "x86-64",
          Family.X86,
          Long.BYTES,
          ARCH_X86,
          MODE_64,
          registers(),
          Map.of(),
          new CallRegisters(
              RIP, RSP, List.of(RDI, RSI, RDX, RCX, R8, R8 + 1), RAX, ExecutorProfile.NO_REGISTER),
          status(EFLAGS),
          VectorBank.withoutStatus(XMM0, 16),
          FS_BASE,
          0x28,
          List.of(INSTRUCTION_SYSCALL, INSTRUCTION_SYSENTER),
          ProgramCounterUpkeep.BEFORE_ACCESSES);

  private X86Profile() {}

  /** All of it is compared, but after a fault Unicorn has not computed it. */
  static StatusRegister status(int flags) {
    return new StatusRegister(flags, -1L, ARITHMETIC_FLAGS, -1L, 0);
  }

  private static Map<String, Integer> registers() {
    Map<String, Integer> ids =
        new HashMap<>(
            Map.of(
                "rax", RAX, "rbp", 36, "rbx", 37, "rcx", RCX, "rdi", RDI, "rdx", RDX, "rsi", RSI,
                "rsp", RSP, "rip", RIP, "rflags", EFLAGS));
    ids.put("eflags", EFLAGS);
    ids.put("fs_base", FS_BASE);
    ids.put("gs_base", GS_BASE);
    for (int i = 8; i < 16; i++) {
      ids.put("r" + i, R8 + i - 8);
    }
    return ids;
  }
}
