package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * {@code cli} and {@code sti} of privileged text. {@code sti} keeps interrupts off until after the
 * next instruction; that can not be had from registers, so they may come one instruction early.
 *
 * @param enabled the new value
 */
record InterruptFlag(Machine machine, boolean enabled) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    long value = enabled ? Flags.INTERRUPT : 0;
    long flags = machine.flags(registers);
    machine.setFlags(registers, Flags.replaced(flags, Flags.INTERRUPT, value));
    machine.go(registers, next);
  }

  @Override
  public boolean replacesCopy() {
    return true;
  }
}
