package io.github.optprobe.live.handler;

import java.util.Arrays;

/**
 * Writes the few x86-64 instructions that handlers are made of. Registers go by their hardware
 * number (0 = rax … 15 = r15). No instruction depends on where it lies. Encodings: Intel SDM volume
 * 2. Not thread-safe.
 */
public final class Assembler {
  /** Number of rax. */
  public static final int RAX = 0;

  /** Number of rcx. */
  public static final int RCX = 1;

  /** Number of rdx. */
  public static final int RDX = 2;

  /** Number of rsp. */
  public static final int RSP = 4;

  /** Number of rsi. */
  public static final int RSI = 6;

  private static final int WIDE = 0x48;
  private static final int NARROW = 0x40;

  private byte[] bytes = new byte[256];
  private int size;

  /** Begins with no code. */
  public Assembler() {}

  /** How many bytes there are. */
  public int size() {
    return size;
  }

  /** What was written, a copy. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Appends bytes, each given as an int of which the low eight bits count. */
  public void code(int... values) {
    for (int value : values) {
      append(value);
    }
  }

  /** Appends bytes. */
  public void code(byte[] values) {
    for (byte value : values) {
      append(value);
    }
  }

  /** Jumps if a condition holds, given as the number that jcc encodes (0x4 = e, 0x5 = ne …). */
  public void jumpIf(int condition, Label target) {
    code(0x0f, 0x80 | condition);
    displacementTo(target);
  }

  /** Jumps back if a condition holds, to where the code had a size. */
  public void jumpBackIf(int condition, int target) {
    code(0x0f, 0x80 | condition);
    int32(target - size - Integer.BYTES);
  }

  /** Jumps. */
  public void jump(Label target) {
    code(0xe9);
    displacementTo(target);
  }

  /** Says that a label is here. */
  public void bind(Label label) {
    label.displacements().forEach(at -> putInt32(at, size - at - Integer.BYTES));
  }

  /** Copies a register. */
  public void move(int to, int from) {
    code(WIDE | from >> 3 << 2 | to >> 3, 0x89, 0xc0 | low(from) << 3 | low(to));
  }

  /** Sets a register to any 64 bits, in the shortest form. */
  public void constant(int to, long value) {
    if (value >>> 32 == 0) {
      prefix(NARROW, 0, to);
      code(0xb8 | low(to));
      int32((int) value);
    } else if (value == (int) value) {
      code(WIDE | to >> 3, 0xc7, 0xc0 | low(to));
      int32((int) value);
    } else {
      address(to, value);
    }
  }

  /** Sets a register to 64 bits in the form whose length is the same for all. */
  public void address(int to, long value) {
    code(WIDE | to >> 3, 0xb8 | low(to));
    int32((int) value);
    int32((int) (value >>> 32));
  }

  /** Loads 1, 2, 4 or 8 bytes, zero-extended. */
  public void load(int to, int base, int displacement, int width) {
    prefix(width == Long.BYTES ? WIDE : NARROW, to, base);
    switch (width) {
      case 1 -> code(0x0f, 0xb6);
      case 2 -> code(0x0f, 0xb7);
      default -> code(0x8b);
    }
    memory(to, base, displacement);
  }

  /** Loads 8 bytes. */
  public void load(int to, int base, int displacement) {
    load(to, base, displacement, Long.BYTES);
  }

  /** Stores 8 bytes. */
  public void store(int base, int displacement, int from) {
    prefix(WIDE, from, base);
    code(0x89);
    memory(from, base, displacement);
  }

  /** Stores a constant as 8 bytes. */
  public void storeConstant(int base, int displacement, int value) {
    prefix(WIDE, 0, base);
    code(0xc7);
    memory(0, base, displacement);
    int32(value);
  }

  /** Computes an address. */
  public void lea(int to, int base, int displacement) {
    prefix(WIDE, to, base);
    code(0x8d);
    memory(to, base, displacement);
  }

  /** Adds 1 to 8 bytes, atomically for all CPUs. */
  public void lockIncrement(int base, int displacement) {
    code(0xf0);
    prefix(WIDE, 0, base);
    code(0xff);
    memory(0, base, displacement);
  }

  /** Pops into memory whose base is rsp, counted from the rsp after the pop. */
  public void popToStack(int displacement) {
    code(0x8f);
    memory(0, RSP, displacement);
  }

  /** Subtracts memory from a register. */
  public void subtract(int from, int base, int displacement) {
    prefix(WIDE, from, base);
    code(0x2b);
    memory(from, base, displacement);
  }

  /** Compares a register with a constant that is sign-extended. */
  public void compareConstant(int register, int value) {
    code(WIDE | register >> 3, 0x81, 0xf8 | low(register));
    int32(value);
  }

  /** Compares two registers, as {@code cmp left, right} does. */
  public void compare(int left, int right) {
    code(WIDE | right >> 3 << 2 | left >> 3, 0x39, 0xc0 | low(right) << 3 | low(left));
  }

  /** Keeps the bits of {@code to} that are in {@code from} too. */
  public void and(int to, int from) {
    code(WIDE | from >> 3 << 2 | to >> 3, 0x21, 0xc0 | low(from) << 3 | low(to));
  }

  /** Multiplies by a positive constant. */
  public void multiply(int register, int factor) {
    code(WIDE | register >> 3 << 2 | register >> 3, 0x69, 0xc0 | low(register) * 9);
    int32(factor);
  }

  /** Appends 32 bits. */
  public void int32(int value) {
    code(value, value >>> 8, value >>> 16, value >>> 24);
  }

  private static int low(int register) {
    return register & 7;
  }

  /** A REX prefix where one says anything. */
  private void prefix(int rex, int register, int base) {
    int whole = rex | register >> 3 << 2 | base >> 3;
    if (whole != NARROW) {
      append(whole);
    }
  }

  /** With rbp or r13 as the base, no displacement would mean something else. */
  private void memory(int register, int base, int displacement) {
    boolean none = displacement == 0 && low(base) != 5;
    boolean small = displacement == (byte) displacement;
    append((none ? 0 : small ? 0x40 : 0x80) | low(register) << 3 | low(base));
    if (low(base) == RSP) {
      append(0x24);
    }
    if (none) {
      return;
    }
    if (small) {
      append(displacement);
    } else {
      int32(displacement);
    }
  }

  private void displacementTo(Label target) {
    target.jumpedToFrom(size);
    int32(0);
  }

  private void putInt32(int at, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  private void append(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) value;
  }
}
