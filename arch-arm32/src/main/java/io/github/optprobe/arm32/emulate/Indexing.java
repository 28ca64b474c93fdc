package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.registers.ArmRegisters;

/**
 * How a load or store finds its address: a base register, and an offset added to it or subtracted
 * from it, before or after the access. Source: A4.6.5.
 *
 * @param base number of the register; PC counts as aligned down to a word
 * @param isBefore whether the offset counts for the address; else for the write-back only
 */
record Indexing(
    int base, SecondOperand offset, boolean isAdded, boolean isBefore, boolean writesBack) {

  /** By bits P, U and W of A32, which the doublewords of T32 have at the same places. */
  static Indexing of(Bits bits, SecondOperand offset) {
    boolean before = bits.has(24);
    boolean writesBack = !before || bits.has(21);
    return new Indexing(bits.number(19, 16), offset, bits.has(23), before, writesBack);
  }

  /** A register plus or minus a constant. */
  static Indexing plain(int base, int offset, boolean isAdded) {
    return new Indexing(base, Constant.plain(offset), isAdded, true, false);
  }

  /** That of the 32-bit instructions of T32 for bytes, halfwords and words. Source: A6.3.7. */
  static Indexing ofWide(Bits bits) {
    int base = bits.number(19, 16);
    if (base == ArmRegisters.PC || bits.has(23)) {
      return plain(base, bits.number(11, 0), bits.has(23));
    }
    if (bits.has(11)) {
      return ofWideByte(base, bits);
    }
    SecondOperand offset =
        new ShiftedRegister(bits.number(3, 0), ShiftedRegister.Type.LSL, bits.number(5, 4));
    return new Indexing(base, offset, true, true, false);
  }

  private static Indexing ofWideByte(int base, Bits bits) {
    SecondOperand offset = Constant.plain(bits.number(7, 0));
    return new Indexing(base, offset, bits.has(9), bits.has(10), bits.has(8));
  }

  /** The address of the access. */
  int address(Cpu cpu) {
    return isBefore ? moved(cpu) : cpu.base(base);
  }

  /** Writes the base register back if that is to be. */
  void update(Cpu cpu) {
    if (writesBack) {
      cpu.set(base, moved(cpu));
    }
  }

  private int moved(Cpu cpu) {
    int bytes = offset.value(cpu);
    return cpu.base(base) + (isAdded ? bytes : -bytes);
  }
}
