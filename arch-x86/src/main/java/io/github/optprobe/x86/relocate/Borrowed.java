package io.github.optprobe.x86.relocate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * What a relocated form has changed by itself while the CPU is in a part of it. Taken back if the
 * instruction faults there, so that the fault is seen with the registers of the original one.
 *
 * @param from offset of the first byte of the part in the form
 * @param to offset behind its last byte
 * @param stackBytes how far the stack pointer was lowered
 * @param register hardware number of the register that is saved at the stack pointer, or {@link
 *     #NONE}
 */
public record Borrowed(int from, int to, int stackBytes, int register) {
  /** No register. */
  public static final int NONE = -1;

  /** Bytes below the stack pointer that may be in use (System V ABI 3.2.2). */
  static final int RED_ZONE = 128;

  private static final int RSP = 4;

  /** A lower stack pointer, and nothing else. */
  static Borrowed stack(int from, int to, int bytes) {
    return new Borrowed(from, to, bytes, NONE);
  }

  Borrowed movedBy(int offset) {
    return new Borrowed(from + offset, to + offset, stackBytes, register);
  }

  boolean covers(int offset) {
    return offset >= from && offset < to;
  }

  void giveBack(Registers registers, DataMemory memory) {
    long stack = registers.get(RSP);
    if (register != NONE) {
      registers.set(register, memory.load(stack, Long.BYTES));
    }
    registers.set(RSP, stack + stackBytes);
  }
}
