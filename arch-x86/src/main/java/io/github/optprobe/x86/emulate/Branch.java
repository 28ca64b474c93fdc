package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** {@code jmp rel}. */
record Branch(Machine machine, long target) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    machine.go(registers, target);
  }
}
