package io.github.optprobe.arm32.plan;

import io.github.optprobe.arm32.decode.Instruction;
import java.util.OptionalInt;

/** Finds registers that can stand for PC. */
final class FreeRegisters {
  private static final int SP = 13;
  private static final int LR = 14;

  private FreeRegisters() {}

  /** One that the instruction surely writes and does not read, so that nobody can miss it. */
  static OptionalInt overwritten(Instruction instruction) {
    int registers =
        instruction.verdict().registersWritten() & ~instruction.verdict().registersRead();
    return lowest(registers);
  }

  /** One that the instruction does not use: to be saved around it. */
  static OptionalInt unused(Instruction instruction) {
    return lowest(
        ~(instruction.verdict().registersWritten() | instruction.verdict().registersRead()));
  }

  /** Whether the instruction uses the stack pointer. */
  static boolean usesStack(Instruction instruction) {
    int used = instruction.verdict().registersWritten() | instruction.verdict().registersRead();
    return (used >> SP & 1) != 0;
  }

  private static OptionalInt lowest(int registers) {
    int candidates = registers & ((1 << SP) - 1 | 1 << LR);
    return candidates == 0
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.numberOfTrailingZeros(candidates));
  }
}
