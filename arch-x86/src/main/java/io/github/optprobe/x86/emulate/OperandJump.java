package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** {@code jmp r/m}. */
record OperandJump(Machine machine, Operand operand) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    machine.go(registers, operand.read(machine, registers, memory));
  }
}
