package io.github.optprobe.arm32.emulate;

/**
 * The flexible operand of data processing, which is the offset of a load or store too. Immutable.
 */
sealed interface SecondOperand permits Constant, ShiftedRegister {

  /** Its value. */
  int value(Cpu cpu);

  /** The carry flag that a logical operation with it gives. */
  boolean carry(Cpu cpu);
}
