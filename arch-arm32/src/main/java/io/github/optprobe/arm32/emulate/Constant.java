package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.table.Flags;

/**
 * A constant, in data processing of A32 a byte rotated right. Source: A5.2.4.
 *
 * @param isRotated whether it was rotated: its top bit is the carry then
 */
record Constant(int value, boolean isRotated) implements SecondOperand {
  static Constant plain(int value) {
    return new Constant(value, false);
  }

  /** The modified immediate constant of A32. */
  static Constant ofA32(Bits bits) {
    int rotation = 2 * bits.number(11, 8);
    return new Constant(Integer.rotateRight(bits.number(7, 0), rotation), rotation != 0);
  }

  @Override
  public int value(Cpu cpu) {
    return value;
  }

  @Override
  public boolean carry(Cpu cpu) {
    return isRotated ? value < 0 : cpu.has(Flags.C);
  }
}
