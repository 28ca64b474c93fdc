package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Flags;
import io.github.optprobe.arm32.table.Treatment;

/** MRS and MSR as user code may use them. Source: A8.8.109 to A8.8.112, B9.3.8 (MRS). */
final class StatusAccess {
  /** What MRS shows: all but T, J and the place in an IT block. */
  private static final int SHOWN = 0xF8FF_03DF;

  private static final int NZCVQ = Flags.NZCV | Flags.Q;

  private StatusAccess() {}

  static Effect of(Instruction instruction) {
    if (instruction.treatment() == Treatment.STATUS_READ) {
      int result = instruction.field('d');
      return cpu -> cpu.set(result, cpu.cpsr() & SHOWN);
    }
    Bits bits = Bits.of(instruction);
    int mask = instruction.set() == ArmSet.A32 ? mask(bits, 19) : mask(bits, 11);
    SecondOperand value = value(instruction, bits);
    return cpu -> cpu.setFlags(mask, value.value(cpu));
  }

  private static int mask(Bits bits, int flagsBit) {
    return (bits.has(flagsBit) ? NZCVQ : 0) | (bits.has(flagsBit - 1) ? Flags.GE : 0);
  }

  private static SecondOperand value(Instruction instruction, Bits bits) {
    boolean isConstant = instruction.set() == ArmSet.A32 && bits.has(25);
    return isConstant ? Constant.ofA32(bits) : ShiftedRegister.plain(instruction.field('n'));
  }
}
