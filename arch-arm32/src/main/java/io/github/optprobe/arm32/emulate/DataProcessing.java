package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.table.Flags;
import io.github.optprobe.arm32.table.Treatment;

/**
 * Data processing: an operation on a register and a constant or another register, shifted. Source:
 * A5.2.1, A5.2.3, A6.2.3 (special data instructions), A8.8.12 (ADR).
 *
 * @param first number of the first operand; may be PC
 * @param result number of the result, of no meaning for a comparison; may be PC
 */
record DataProcessing(
    DataOpcode opcode, boolean setsFlags, int first, int result, SecondOperand second)
    implements Effect {

  /** That of A32, with a constant or a register shifted by a constant. */
  static DataProcessing ofA32(Instruction instruction) {
    Bits bits = Bits.of(instruction);
    DataOpcode opcode = DataOpcode.ofNumber(bits.number(24, 21));
    SecondOperand second = bits.has(25) ? Constant.ofA32(bits) : ShiftedRegister.ofA32(bits);
    return new DataProcessing(
        opcode, bits.has(20), bits.number(19, 16), bits.number(15, 12), second);
  }

  /** ADD and MOV of T32 with any registers, and ADR. */
  static Effect ofT32(Instruction instruction) {
    if (instruction.treatment() == Treatment.ADR) {
      return adr(instruction);
    }
    Bits bits = Bits.of(instruction);
    DataOpcode opcode = bits.number(9, 8) == 0 ? DataOpcode.ADD : DataOpcode.MOV;
    int result = instruction.field('d');
    SecondOperand second = ShiftedRegister.plain(instruction.field('m'));
    return new DataProcessing(opcode, false, result, result, second);
  }

  private static Effect adr(Instruction instruction) {
    int result = instruction.field('d');
    int offset = adrOffset(Bits.of(instruction), instruction.length());
    return cpu -> cpu.set(result, cpu.base(ArmRegisters.PC) + offset);
  }

  private static int adrOffset(Bits bits, int length) {
    if (length == Short.BYTES) {
      return bits.number(7, 0) * Integer.BYTES;
    }
    int offset = bits.number(26, 26) << 11 | bits.number(14, 12) << 8 | bits.number(7, 0);
    return bits.has(23) ? -offset : offset;
  }

  @Override
  public void on(Cpu cpu) {
    Outcome outcome = opcode.outcome(cpu, cpu.get(first), second);
    if (setsFlags) {
      cpu.setFlags(Flags.NZCV, outcome.flags());
    }
    if (!opcode.isComparison()) {
      cpu.setComputed(result, outcome.value());
    }
  }
}
