package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.TableRow;
import io.github.optprobe.arm32.table.Treatment;
import java.util.Objects;

/** What instructions refer to at a constant offset from PC. */
final class Literals {
  private static final long MASK = 0xFFFF_FFFFL;
  private static final int UPWARDS = 1 << 23;
  private static final int PC = 1 << 15;

  private Literals() {}

  /** Whether the address of what is loaded is a constant. */
  static boolean has(Instruction instruction) {
    return switch (instruction.treatment()) {
      case LOAD_LITERAL, VLOAD_LITERAL -> true;
      case LOAD_PC -> instruction.verdict().registersRead() == PC;
      default -> false;
    };
  }

  /** The address of the literal. */
  static long of(Instruction instruction) {
    int offset = offset(instruction);
    return (instruction.alignedPc() + (isUpwards(instruction) ? offset : -offset)) & MASK;
  }

  private static boolean isUpwards(Instruction instruction) {
    return instruction.length() == Short.BYTES || (instruction.encoding() & UPWARDS) != 0;
  }

  private static int offset(Instruction instruction) {
    int number = instruction.field('i');
    boolean words =
        instruction.length() == Short.BYTES
            || instruction.treatment() == Treatment.VLOAD_LITERAL
            || (instruction.set() == ArmSet.T32 && row(instruction).field('u').isPresent());
    return words ? number * Integer.BYTES : number;
  }

  /** What ADR computes, and A32 ADD and SUB of a constant to PC. */
  static long address(Instruction instruction) {
    if (instruction.length() == Short.BYTES) {
      return (instruction.alignedPc() + instruction.field('i') * (long) Integer.BYTES) & MASK;
    }
    int encoding = instruction.encoding();
    long constant = instruction.set() == ArmSet.A32 ? a32Constant(encoding) : t32Constant(encoding);
    boolean subtracts = row(instruction).name().contains("sub");
    return (instruction.alignedPc() + (subtracts ? -constant : constant)) & MASK;
  }

  private static long a32Constant(int encoding) {
    return Integer.rotateRight(encoding & 0xFF, (encoding >>> 8 & 0xF) * 2) & MASK;
  }

  private static int t32Constant(int encoding) {
    return (encoding >>> 26 & 1) << 11 | (encoding >>> 12 & 7) << 8 | (encoding & 0xFF);
  }

  private static TableRow row(Instruction instruction) {
    return Objects.requireNonNull(instruction.verdict().row());
  }
}
