package io.github.optprobe.x86.emulate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.emulate.StringInstruction.Repeat;
import java.util.Optional;

/** Which string instructions are emulated. */
final class StringInstructions {
  private static final int REPNE = 0xF2;
  private static final int REP = 0xF3;

  private StringInstructions() {}

  /** The emulation of opcodes A4 to A7 and AA to AF; empty for what is left to the processor. */
  static Optional<Emulation> of(Machine machine, Instruction instruction) {
    StringOperation operation = operationOf(instruction.opcode());
    if (Operands.hasFsOrGs(instruction)
        || isAmbiguous(operation, instruction)
        || isDisputed(instruction)) {
      return Optional.empty();
    }
    boolean wide = (instruction.opcode() & 1) != 0;
    int bytes = wide ? instruction.operandWidth() / Byte.SIZE : 1;
    Repeat repeat = repeatOf(operation, instruction);
    return Optional.of(
        new StringInstruction(machine, operation, repeat, bytes, instruction.addressWidth()));
  }

  private static StringOperation operationOf(int opcode) {
    return switch (opcode & ~1) {
      case 0xA4 -> StringOperation.MOVS;
      case 0xA6 -> StringOperation.CMPS;
      case 0xAA -> StringOperation.STOS;
      case 0xAC -> StringOperation.LODS;
      default -> StringOperation.SCAS;
    };
  }

  /** F2 means nothing defined where nothing is compared, nor do F2 and F3 together. */
  private static boolean isAmbiguous(StringOperation operation, Instruction instruction) {
    boolean allowed = operation.compares() && !instruction.hasPrefix(REP);
    return instruction.hasPrefix(REPNE) && !allowed;
  }

  /**
   * Processors disagree on the upper halves of indices and counter when a repeated instruction with
   * 32-bit addresses finds a counter of 0 in 64-bit mode: AMD's leave them, Intel's clear some.
   */
  private static boolean isDisputed(Instruction instruction) {
    boolean repeated = instruction.hasPrefix(REP) || instruction.hasPrefix(REPNE);
    boolean narrow = instruction.addressWidth() == Integer.SIZE;
    return instruction.mode() == MachineMode.BITS_64 && narrow && repeated;
  }

  private static Repeat repeatOf(StringOperation operation, Instruction instruction) {
    if (instruction.hasPrefix(REPNE)) {
      return Repeat.WHILE_NOT_EQUAL;
    }
    if (!instruction.hasPrefix(REP)) {
      return Repeat.ONCE;
    }
    return operation.compares() ? Repeat.WHILE_EQUAL : Repeat.COUNTED;
  }
}
