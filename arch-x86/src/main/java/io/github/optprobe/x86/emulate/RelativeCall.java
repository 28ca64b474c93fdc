package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** {@code call rel32}. */
record RelativeCall(Machine machine, long target) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    machine.push(registers, memory, machine.wordBytes(), next);
    machine.go(registers, target);
  }
}
