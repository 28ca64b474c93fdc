package io.github.optprobe.arm32;

import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;

/** The condition of an instruction at which a CPU stands. */
final class ConditionCheck {
  private ConditionCheck() {}

  /** Whether it holds: that of the IT block that the CPU is in, or the instruction's own. */
  static boolean holds(Instruction instruction, Registers registers) {
    ItState now = itState(instruction, registers);
    Condition condition = now.inBlock() ? now.condition() : instruction.condition();
    return condition.holds(ProgramStatus.cpsr(registers));
  }

  /** Does nothing but going on. */
  static void pass(Instruction instruction, Registers registers) {
    if (instruction.set() == ArmSet.T32) {
      ProgramStatus.setItState(registers, itState(instruction, registers).advanced());
    }
    registers.setProgramCounter(instruction.nextAddress());
  }

  private static ItState itState(Instruction instruction, Registers registers) {
    return instruction.set() == ArmSet.T32 ? ProgramStatus.itState(registers) : ItState.OUTSIDE;
  }
}
