package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.table.Flags;

/**
 * A register shifted by a constant. Source: DecodeImmShift and Shift_C, A8.4.3.
 *
 * @param register its number; may be PC
 * @param amount as encoded, 0 to 31; 0 stands for 32 with LSR and ASR, and makes ROR an RRX
 */
record ShiftedRegister(int register, Type type, int amount) implements SecondOperand {
  private static final int TOP = 31;

  /** Kinds of shift; the ordinal is the number in encodings. */
  enum Type {
    LSL,
    LSR,
    ASR,
    ROR
  }

  /** A register as it is. */
  static ShiftedRegister plain(int register) {
    return new ShiftedRegister(register, Type.LSL, 0);
  }

  /** As data processing, loads and stores of A32 have it in their bits 11:5 and 3:0. */
  static ShiftedRegister ofA32(Bits bits) {
    Type type = Type.values()[bits.number(6, 5)];
    return new ShiftedRegister(bits.number(3, 0), type, bits.number(11, 7));
  }

  @Override
  public int value(Cpu cpu) {
    int value = cpu.get(register);
    return switch (type) {
      case LSL -> value << amount;
      case LSR -> amount == 0 ? 0 : value >>> amount;
      case ASR -> amount == 0 ? value >> TOP : value >> amount;
      case ROR -> amount == 0 ? throughCarry(cpu, value) : Integer.rotateRight(value, amount);
    };
  }

  private static int throughCarry(Cpu cpu, int value) {
    return value >>> 1 | (cpu.has(Flags.C) ? 1 << TOP : 0);
  }

  @Override
  public boolean carry(Cpu cpu) {
    int value = cpu.get(register);
    return switch (type) {
      case LSL -> amount == 0 ? cpu.has(Flags.C) : isSet(value, Integer.SIZE - amount);
      case LSR, ASR -> isSet(value, amount == 0 ? TOP : amount - 1);
      case ROR -> isSet(value, amount == 0 ? 0 : amount - 1);
    };
  }

  private static boolean isSet(int value, int bit) {
    return (value >>> bit & 1) != 0;
  }
}
