package io.github.optprobe.testkit.unicorn;

import io.github.optprobe.testkit.unicorn.ExecutorProfile.Family;
import io.github.optprobe.testkit.unicorn.ExecutorProfile.ProgramCounterUpkeep;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Unicorn's numbers for 32-bit ARM, from its {@code arm.h}; they are part of its ABI. The CPU is
 * the one that Unicorn chooses, a Cortex-A15: ARMv7-A with division, VFPv4 and Advanced SIMD. One
 * profile under two names, because one CPU runs both instruction sets.
 *
 * <p>Bits of the program status register: Arm Architecture Reference Manual ARMv7-A, B1.3.3.
 */
final class ArmProfile {
  private static final int ARCH_ARM = 1;
  private static final int MODE_ARM = 0;

  private static final int CPSR = 3;
  private static final int FPEXC = 4;
  private static final int FPSCR = 6;
  private static final int LR = 10;
  private static final int PC = 11;
  private static final int SP = 12;
  private static final int Q0 = 50;
  private static final int R0 = 66;
  private static final int TPIDRURO = 113;

  /** As systems run programs. Unicorn starts in supervisor mode. */
  private static final long USER_MODE = 0x10;

  /** VFP and Advanced SIMD are off until it is set. */
  private static final long FPEXC_ENABLE = 1L << 30;

  private static final long NZCVQ = 0xF800_0000L;
  private static final long NZCV = 0xF000_0000L;
  private static final long GE = 0xF_0000L;
  private static final long IT = 0x0600_FC00L;
  private static final long T = 1 << 5;

  /** Byte order and mode, which handlers do not change. */
  private static final long E_AND_MODE = 0x21F;

  private static final StatusRegister STATUS =
      new StatusRegister(
          CPSR,
          NZCVQ | GE | IT | T,
          NZCVQ | GE,
          NZCVQ | GE | IT | T | E_AND_MODE,
          NZCVQ | GE | T | E_AND_MODE);

  static final ExecutorProfile A32 = named("a32");
  static final ExecutorProfile T32 = named("t32");

  private ArmProfile() {}

  private static ExecutorProfile named(String name) {
    return new ExecutorProfile(
        name,
        Family.ARM,
        Integer.BYTES,
        ARCH_ARM,
        MODE_ARM,
        registers(),
        startValues(),
        new CallRegisters(PC, SP, List.of(R0, R0 + 1, R0 + 2, R0 + 3), R0, LR),
        STATUS,
        new VectorBank(Q0, 16, FPSCR, NZCV),
        TPIDRURO,
        Integer.BYTES,
        List.of(),
        ProgramCounterUpkeep.BEFORE_INSTRUCTIONS);
  }

  private static Map<String, Integer> registers() {
    Map<String, Integer> ids = new HashMap<>(Map.of("sp", SP, "lr", LR, "pc", PC, "cpsr", CPSR));
    for (int i = 0; i <= 12; i++) {
      ids.put("r" + i, R0 + i);
    }
    return ids;
  }

  /** The mode first: stack pointer and link register are each mode's own. */
  private static Map<Integer, Long> startValues() {
    Map<Integer, Long> values = new LinkedHashMap<>();
    values.put(CPSR, USER_MODE);
    values.put(FPEXC, FPEXC_ENABLE);
    return values;
  }
}
