package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * {@code call r/m}. The operand may be, or be addressed by, the stack pointer: it is read first.
 */
record OperandCall(Machine machine, Operand operand) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    long target = operand.read(machine, registers, memory);
    machine.push(registers, memory, machine.wordBytes(), next);
    machine.go(registers, target);
  }
}
