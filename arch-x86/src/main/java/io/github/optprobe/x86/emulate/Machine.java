package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.x86.decode.MachineMode;

/**
 * What the mode decides: where in the register file instruction pointer and flags stand, how wide
 * addresses and words on the stack are. General registers are numbered as the hardware does.
 */
enum Machine {
  /** 64-bit mode: 16 general registers. */
  BITS_64(MachineMode.BITS_64, 16),
  /** 32-bit protected mode: 8 general registers. */
  BITS_32(MachineMode.BITS_32, 8);

  /** Number of the accumulator. */
  static final int AX = 0;

  /** Number of the counter. */
  static final int CX = 1;

  /** Number of the stack pointer. */
  static final int SP = 4;

  /** Number of the source index. */
  static final int SI = 6;

  /** Number of the destination index. */
  static final int DI = 7;

  private static final int PAGE_BYTES = 4096;

  private final MachineMode mode;
  private final int instructionPointer;
  private final int flags;

  Machine(MachineMode mode, int generalRegisters) {
    this.mode = mode;
    this.instructionPointer = generalRegisters;
    this.flags = generalRegisters + 1;
  }

  static Machine of(MachineMode mode) {
    return mode == MachineMode.BITS_64 ? BITS_64 : BITS_32;
  }

  /** Bytes of a near code address, in a register or on the stack. */
  int wordBytes() {
    return mode.bits() / Byte.SIZE;
  }

  void go(Registers registers, long target) {
    registers.set(instructionPointer, target & mode.addressMask());
  }

  long flags(Registers registers) {
    return registers.get(flags);
  }

  void setFlags(Registers registers, long value) {
    registers.set(flags, value);
  }

  /** The low bits of a general register. */
  static long low(Registers registers, int number, int bits) {
    return registers.get(number) & mask(bits);
  }

  /** Writes the low bits as the CPU does: 32 bits clear the rest, fewer leave it alone. */
  static void setLow(Registers registers, int number, int bits, long value) {
    long mask = mask(bits);
    long kept = bits < Integer.SIZE ? registers.get(number) & ~mask : 0;
    registers.set(number, kept | (value & mask));
  }

  static long mask(int bits) {
    return -1L >>> (Long.SIZE - bits);
  }

  long stackPointer(Registers registers) {
    return registers.get(SP) & mode.addressMask();
  }

  void setStackPointer(Registers registers, long value) {
    registers.set(SP, value & mode.addressMask());
  }

  void push(Registers registers, DataMemory memory, int bytes, long value) {
    long top = (stackPointer(registers) - bytes) & mode.addressMask();
    store(memory, top, bytes, value);
    setStackPointer(registers, top);
  }

  /** A store changes nothing if a part of it can not be done. */
  static void store(DataMemory memory, long address, int bytes, long value) {
    long inPage = address & (PAGE_BYTES - 1);
    if (inPage + bytes > PAGE_BYTES) {
      memory.load(address, bytes);
    }
    memory.store(address, bytes, value);
  }
}
