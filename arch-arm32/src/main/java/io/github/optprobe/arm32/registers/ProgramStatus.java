package io.github.optprobe.arm32.registers;

import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;

/**
 * What the program status register says besides flags: which instruction set is executed, and where
 * in an IT block. Source: Arm Architecture Reference Manual, B1.3.3.
 */
public final class ProgramStatus {
  /** Bit T: T32 is executed, not A32. */
  public static final int THUMB = 1 << 5;

  private static final int IT_UPPER = 0xFC00;
  private static final int IT_LOWER = 3 << 25;

  private ProgramStatus() {}

  /** The instruction set that is executed. */
  public static ArmSet set(Registers registers) {
    return (cpsr(registers) & THUMB) == 0 ? ArmSet.A32 : ArmSet.T32;
  }

  /** The place in an IT block of the instruction at the program counter. */
  public static ItState itState(Registers registers) {
    return ItState.ofCpsr(cpsr(registers));
  }

  /** Changes the place in an IT block. */
  public static void setItState(Registers registers, ItState it) {
    int rest = cpsr(registers) & ~(IT_UPPER | IT_LOWER);
    setCpsr(registers, rest | (it.bits() << 8 & IT_UPPER) | (it.bits() << 25 & IT_LOWER));
  }

  /**
   * Goes on at an address as an exchanging branch does: bit 0 says which instruction set is there.
   * Source: BXWritePC, A2.3.1.
   *
   * @param marked an address with its mark; for A32 the two lowest bits are dropped, which the
   *     architecture calls unpredictable unless they are 0
   */
  public static void exchange(Registers registers, long marked) {
    boolean thumb = (marked & 1) != 0;
    int rest = cpsr(registers) & ~THUMB;
    setCpsr(registers, thumb ? rest | THUMB : rest);
    registers.setProgramCounter(marked & (thumb ? ~1L : ~3L));
  }

  /** An address of code as a function pointer to it: with bit 0 set for T32. */
  public static long marked(long address, ArmSet set) {
    return set == ArmSet.T32 ? address | 1 : address;
  }

  /** All of it. */
  public static int cpsr(Registers registers) {
    return (int) registers.get(ArmRegisters.CPSR);
  }

  /** Changes all of it. */
  public static void setCpsr(Registers registers, int value) {
    registers.set(ArmRegisters.CPSR, value & 0xFFFF_FFFFL);
  }
}
