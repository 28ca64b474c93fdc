package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** The effect of one instruction at its address. Immutable and thread-safe. */
public interface Emulation {

  /**
   * Carries the instruction out: program counter, instruction set and place in an IT block
   * included. If its condition does not hold, that is all that changes. In T32 the condition is
   * that of the IT block which the program status register tells of, whatever place the instruction
   * was decoded for.
   *
   * @param registers of {@link io.github.optprobe.arm32.registers.ArmRegisters#FILE}; the program
   *     counter is at the instruction and its instruction set is executed
   * @param memory what loads and stores go to, little-endian
   * @throws io.github.optprobe.text.TextException if a load or store fails; the registers are as
   *     they were, and so is memory, but for words that a store of several words has stored before
   *     the one that fails
   */
  void run(Registers registers, DataMemory memory);
}
