package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.x86.decode.Condition;

/** {@code jcc rel}. */
record ConditionalBranch(Machine machine, Condition condition, long target) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    boolean taken = Flags.satisfy(condition, machine.flags(registers));
    machine.go(registers, taken ? target : next);
  }
}
