package io.github.optprobe.x86.emulate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.emulate.Operand.InMemory;
import io.github.optprobe.x86.emulate.Operand.InRegister;
import java.util.Optional;

/** Reads operands out of ModRM and SIB (Intel SDM volume 2, 2.1.3 to 2.1.5 and 2.2.1). */
final class Operands {
  private static final int REX_B = 1;
  private static final int REX_X = 2;
  private static final int SIB_FOLLOWS = 4;
  private static final int NO_INDEX = 4;
  private static final int NO_BASE = 5;

  private Operands() {}

  /** The operand that ModRM names; empty if its address can not be computed from registers. */
  static Optional<Operand> ofModrm(Instruction instruction) {
    int rm = instruction.modrm() & 7;
    if (mod(instruction) == 3) {
      return Optional.of(new InRegister(extended(instruction, rm, REX_B)));
    }
    // The bases of FS and GS are in no register file; 16-bit forms have a ModRM of their own.
    boolean computable = !hasFsOrGs(instruction) && instruction.addressWidth() != Short.SIZE;
    return computable ? Optional.of(inMemory(instruction, rm)) : Optional.empty();
  }

  /** Whether a prefix names FS or GS, with effect or without. */
  static boolean hasFsOrGs(Instruction instruction) {
    return instruction.hasPrefix(0x64) || instruction.hasPrefix(0x65);
  }

  private static InMemory inMemory(Instruction instruction, int rm) {
    if (instruction.ripRelative()) {
      return memory(instruction, InMemory.NONE, instruction.ripRelativeTarget());
    }
    if (rm == SIB_FOLLOWS) {
      return withSib(instruction);
    }
    return memory(instruction, base(instruction, rm), instruction.displacement());
  }

  private static InMemory memory(Instruction instruction, int base, long displacement) {
    return new InMemory(base, InMemory.NONE, 0, displacement, instruction.addressWidth());
  }

  private static InMemory withSib(Instruction instruction) {
    int sib = instruction.byteAt(instruction.modrmOffset() + 1) & 0xFF;
    int index = extended(instruction, (sib >> 3) & 7, REX_X);
    return new InMemory(
        base(instruction, sib & 7),
        index == NO_INDEX ? InMemory.NONE : index,
        sib >> 6,
        instruction.displacement(),
        instruction.addressWidth());
  }

  /** Number 5 without a displacement is no register, whatever REX says. */
  private static int base(Instruction instruction, int low) {
    boolean none = low == NO_BASE && mod(instruction) == 0;
    return none ? InMemory.NONE : extended(instruction, low, REX_B);
  }

  private static int mod(Instruction instruction) {
    return instruction.modrm() >> 6;
  }

  private static int extended(Instruction instruction, int low, int bit) {
    return (rex(instruction) & bit) != 0 ? low | 8 : low;
  }

  /** The REX prefix, which counts only as the last one; 0 if there is none. */
  private static int rex(Instruction instruction) {
    if (instruction.mode() != MachineMode.BITS_64 || instruction.prefixCount() == 0) {
      return 0;
    }
    int last = instruction.byteAt(instruction.prefixCount() - 1) & 0xFF;
    return (last & 0xF0) == 0x40 ? last : 0;
  }
}
