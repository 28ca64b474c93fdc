package io.github.optprobe.x86.emulate;

import io.github.optprobe.x86.decode.MachineMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Seeded start states in which an instruction does something more often than not: registers that
 * point into memory, memory that holds code addresses, small counters. A share of them faults.
 */
final class StartStates {
  /** All breakpoints, but for the instruction. */
  static final long CODE = 0x40_0000;

  static final int CODE_BYTES = 0x1_0000;
  static final long LOW = 0x1000;
  static final long DATA = 0x50_0000;
  static final long STACK = 0x60_0000;
  static final int ARENA_BYTES = 2 * Arena.PAGE;

  private static final long SOME_FLAGS =
      Flags.STATUS
          | Flags.DIRECTION
          | Flags.INTERRUPT
          | Flags.NESTED_TASK
          | Flags.IO_PRIVILEGE
          | Flags.IDENTIFICATION;
  private static final long ALWAYS_SET = 2;

  private final Form form;
  private final Random random;

  StartStates(Form form) {
    this.form = form;
    this.random = new Random(form.toString().hashCode());
  }

  byte[] memory() {
    byte[] bytes = new byte[ARENA_BYTES];
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (words.hasRemaining()) {
      words.putLong(form.isString() ? fewValues() : codeAddress());
    }
    return bytes;
  }

  /** Bytes of which neighbours are often equal. */
  private long fewValues() {
    return random.nextInt(3) == 0 ? random.nextLong() & 0x0101_0101_0101_0101L : 0;
  }

  /** In both halves for 32-bit code. */
  private long codeAddress() {
    long address = CODE + 0x3000 + random.nextInt(CODE_BYTES - 0x4000);
    return form.mode() == MachineMode.BITS_64 ? address : address << 32 | address;
  }

  PlainRegisters next() {
    PlainRegisters registers = new PlainRegisters(form.mode());
    for (int i = 0; i < registers.flagsIndex() - 1; i++) {
      registers.set(i, value());
    }
    registers.set(Machine.SP, stackPointer());
    if (form.counts()) {
      registers.set(Machine.CX, counter());
    }
    if (form.isString()) {
      registers.set(Machine.SI, index());
      registers.set(Machine.DI, index());
      registers.set(Machine.AX, fewValues());
    }
    registers.setFlags((random.nextLong() & SOME_FLAGS) | ALWAYS_SET);
    registers.setProgramCounter(Form.ADDRESS);
    return registers;
  }

  private long value() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> DATA + (random.nextInt(ARENA_BYTES) & ~7);
      case 3 -> random.nextInt(8) * 8L;
      case 4 -> codeAddress();
      case 5 -> random.nextLong();
      case 6 -> (random.nextLong() << 32) | (DATA + random.nextInt(ARENA_BYTES));
      default -> -random.nextInt(0x40);
    };
  }

  private long stackPointer() {
    return switch (random.nextInt(12)) {
      case 0 -> STACK + (random.nextInt(4) * 8L);
      case 1 -> STACK + ARENA_BYTES - (random.nextInt(4) * 8L);
      case 2, 3 -> STACK + 0x200 + random.nextInt(0x1000);
      default -> STACK + 0x200 + (random.nextInt(0x1A00) & ~7);
    };
  }

  private long counter() {
    long small = random.nextInt(4);
    return switch (random.nextInt(5)) {
      case 0 -> random.nextLong() << 32 | small;
      case 1 -> (random.nextLong() << 16 | small) & 0xFFFF_FFFFL;
      case 2 -> random.nextInt(40);
      case 3 -> value();
      default -> small;
    };
  }

  private long index() {
    boolean in16Bits = form.isNarrow() && form.mode() == MachineMode.BITS_32;
    long base = in16Bits ? LOW | (random.nextLong() << 16) : DATA;
    long middle =
        0x100L + (form.name().contains("rep") ? random.nextInt(0x3C0) * 8 : random.nextInt(0x1E00));
    long offset = random.nextInt(4) == 0 ? edge() : middle;
    boolean garbageAbove = form.isNarrow() || random.nextInt(20) == 0;
    return base + offset + (garbageAbove && !in16Bits ? random.nextLong() << 32 : 0);
  }

  /** Aligned: the emulator would do a part of a store that crosses the edge. */
  private long edge() {
    int distance = random.nextInt(4) * 8;
    return random.nextBoolean() ? distance : ARENA_BYTES - distance;
  }
}
