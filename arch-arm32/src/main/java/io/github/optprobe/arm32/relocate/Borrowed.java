package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * What relocated code has changed by itself while the CPU is in a part of it. Taken back if an
 * instruction faults there, so that the fault is seen with the registers of the original one.
 *
 * @param from offset of the first byte of the part in the code
 * @param to offset behind its last byte
 * @param register the register that is saved at the stack pointer, or {@link #NONE}
 */
record Borrowed(int from, int to, int register) {
  /**
   * How far the stack pointer is lowered: by room for two words, and by what the detour buffer
   * leaves alone below it too.
   */
  static final int STACK_BYTES = 136;

  private static final int NONE = -1;
  private static final int SP = 13;
  private static final long MASK = 0xFFFF_FFFFL;

  static Borrowed register(int from, int to, int register) {
    return new Borrowed(from, to, register);
  }

  static Borrowed stackOnly(int from, int to) {
    return new Borrowed(from, to, NONE);
  }

  boolean covers(int offset) {
    return offset >= from && offset < to;
  }

  void giveBack(Registers registers, DataMemory memory) {
    long stack = registers.get(SP);
    if (register != NONE) {
      registers.set(register, memory.load(stack, Integer.BYTES));
    }
    registers.set(SP, (stack + STACK_BYTES) & MASK);
  }
}
