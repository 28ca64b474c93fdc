package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * Near {@code ret}.
 *
 * @param argumentBytes how many bytes behind the return address are dropped too
 */
record Return(Machine machine, int argumentBytes) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    long top = machine.stackPointer(registers);
    long target = memory.load(top, machine.wordBytes());
    machine.setStackPointer(registers, top + machine.wordBytes() + argumentBytes);
    machine.go(registers, target);
  }
}
