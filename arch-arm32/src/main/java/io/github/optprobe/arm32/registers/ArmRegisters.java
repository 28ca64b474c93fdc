package io.github.optprobe.arm32.registers;

import io.github.optprobe.arch.RegisterFile;
import java.util.List;

/**
 * The register file of 32-bit ARM, the same for A32 and T32: r0 to r12, sp, lr and pc by their
 * numbers in encodings, then cpsr. The program counter is a plain address; which instruction set is
 * executed there, bit T of cpsr says.
 */
public final class ArmRegisters {
  /** Number of the stack pointer. */
  public static final int SP = 13;

  /** Number of the link register. */
  public static final int LR = 14;

  /** Number of the program counter. */
  public static final int PC = 15;

  /** Number of the program status register. */
  public static final int CPSR = 16;

  /** The register file. */
  public static final RegisterFile FILE =
      new RegisterFile(
          List.of(
              "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp",
              "lr", "pc", "cpsr"),
          "pc",
          "sp");

  private ArmRegisters() {}
}
