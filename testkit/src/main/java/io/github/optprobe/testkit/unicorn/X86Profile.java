package io.github.optprobe.testkit.unicorn;

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
  private static final long TRAP_FLAG = 0x100;
  private static final long HLT_RET = 0xc3f4;

  static final ExecutorProfile X86_64 =
      new ExecutorProfile(
          "x86-64",
          Long.BYTES,
          ARCH_X86,
          MODE_64,
          registers(),
          RSP,
          RIP,
          List.of(RDI, RSI, RDX, RCX, R8, R8 + 1),
          RAX,
          FS_BASE,
          0x28,
          XMM0,
          16,
          3,
          1,
          List.of(INSTRUCTION_SYSCALL, INSTRUCTION_SYSENTER),
          EFLAGS,
          TRAP_FLAG,
          1,
          HLT_RET,
          1);

  private X86Profile() {}

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
