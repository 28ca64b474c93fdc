package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.registers.ArmRegisters;

/**
 * LDM, STM, PUSH and POP: the registers of a list from or to words behind each other, the lowest
 * number at the lowest address. Source: A8.8.58 to A8.8.61 (LDM), A8.8.131 (POP), A8.8.199 to
 * A8.8.202 (STM).
 *
 * @param list bit n for register n; PC loaded is an exchanging branch, PC stored is as it is read
 * @param isUp whether the words are above the base, else below
 * @param isBefore whether the base itself is left out
 */
record BlockTransfer(
    boolean loads, int base, int list, boolean isUp, boolean isBefore, boolean writesBack)
    implements Effect {
  private static final int PC_BIT = 1 << ArmRegisters.PC;

  static BlockTransfer of(Instruction instruction) {
    Bits bits = Bits.of(instruction);
    if (instruction.length() == Short.BYTES) {
      int list = bits.number(7, 0) | PC_BIT;
      return new BlockTransfer(true, ArmRegisters.SP, list, true, false, true);
    }
    // The 32-bit encodings of T32 have all of these at the places of A32.
    return new BlockTransfer(
        bits.has(20),
        bits.number(19, 16),
        bits.number(15, 0),
        bits.has(23),
        bits.has(24),
        bits.has(21));
  }

  @Override
  public void on(Cpu cpu) {
    transfer(cpu, lowest(cpu.get(base)));
    if (writesBack) {
      cpu.set(base, cpu.get(base) + (isUp ? bytes() : -bytes()));
    }
  }

  private int bytes() {
    return Integer.bitCount(list) * Integer.BYTES;
  }

  private int lowest(int start) {
    if (isUp) {
      return isBefore ? start + Integer.BYTES : start;
    }
    return start - bytes() + (isBefore ? 0 : Integer.BYTES);
  }

  private void transfer(Cpu cpu, int lowest) {
    int address = lowest;
    for (int left = list; left != 0; left &= left - 1) {
      int register = Integer.numberOfTrailingZeros(left);
      if (loads) {
        cpu.setLoaded(register, cpu.load(address, Integer.BYTES));
      } else {
        cpu.store(address, Integer.BYTES, cpu.get(register));
      }
      address += Integer.BYTES;
    }
  }
}
