package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** The effect of one instruction. Immutable and thread-safe. */
public sealed interface Emulation
    permits AbortedTransaction,
        Branch,
        ConditionalBranch,
        CounterBranch,
        InterruptFlag,
        OperandCall,
        OperandJump,
        PopFlags,
        PushFlags,
        RelativeCall,
        Return,
        StringInstruction {

  /**
   * Carries the instruction out, program counter included.
   *
   * @param next the address behind the instruction, prefixes counted
   * @param registers in the order of the hardware's numbers, then instruction pointer and flags
   * @throws io.github.optprobe.text.TextException if a load or store fails; the registers are as
   *     they were, but for those of a repeated string instruction, which keep what is done
   */
  void run(long next, Registers registers, DataMemory memory);

  /**
   * Whether this is the only way in which the instruction is carried out under a probe: it is never
   * copied.
   */
  default boolean replacesCopy() {
    return false;
  }
}
