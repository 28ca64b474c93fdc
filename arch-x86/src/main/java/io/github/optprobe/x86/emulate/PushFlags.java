package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * {@code pushf}, {@code pushfd}, {@code pushfq}.
 *
 * @param bytes 2, 4 or 8
 */
record PushFlags(Machine machine, int bytes) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    long image = machine.flags(registers) & ~(Flags.VIRTUAL_8086 | Flags.RESUME);
    machine.push(registers, memory, bytes, image);
    machine.go(registers, next);
  }
}
