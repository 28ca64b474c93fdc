package io.github.optprobe.x86.forms;

import java.util.SplittableRandom;

/**
 * Writes candidates: prefixes, escape or VEX/EVEX/XOP prefix, opcode, ModRM and what belongs to it,
 * and random bytes behind, of which the decoder takes as many as the instruction has. Which
 * registers are bases and which are indices is agreed with {@link StartState}.
 */
final class Encoder {
  private static final int[] BASES = {3, 5, 6, 7, 8, 11, 15};
  private static final int[] INDICES = {9, 14};

  /** Registers that are small numbers in some states, which bit offsets and counts have to be. */
  private static final int[] NUMBERS = {0, 2, 10, 12, 13, 1, 9, 14};

  private static final int[] ANY = {0, 2, 10, 12, 13, 1, 3, 5, 6, 7, 8, 4, 11, 15};
  private static final int[] DISPLACEMENTS = {0, 0x40, -0x40};
  private static final int[] SCALED_DISPLACEMENTS = {0, 1, 2, -1};

  private final SplittableRandom random;
  private final byte[] out = new byte[24];
  private int size;
  private int base;
  private int index;
  private int register;
  private int rm;
  private int attempt;

  Encoder(SplittableRandom random) {
    this.random = random;
  }

  /**
   * Which attempt at the same form comes next: not every operation takes every register.
   *
   * @param number 0 without a further source; odd with one; from 2 on only the first registers
   */
  void attempt(int number) {
    attempt = number;
  }

  /**
   * A legacy encoding.
   *
   * @param prefixes mandatory and other prefixes
   * @param escape bytes in front of the opcode
   * @param reg ModRM.reg, 0 to 7; -1 for any register
   */
  byte[] legacy(int[] prefixes, int[] escape, int opcode, boolean wide, int reg, Operand operand) {
    begin(operand, reg, 16);
    for (int prefix : prefixes) {
      put(prefix);
    }
    int rex = (wide ? 8 : 0) | (bit(register, 3) << 2) | extension(operand);
    if (rex != 0) {
      put(0x40 | rex);
    }
    for (int each : escape) {
      put(each);
    }
    put(opcode);
    return finish(operand, DISPLACEMENTS);
  }

  /** A legacy encoding with a certain ModRM byte, no REX and no memory. */
  byte[] operation(int[] prefixes, int[] escape, int opcode, int modrm) {
    size = 0;
    for (int prefix : prefixes) {
      put(prefix);
    }
    for (int each : escape) {
      put(each);
    }
    put(opcode);
    put(modrm);
    return fill();
  }

  /** A VEX (C4) or XOP (8F) encoding. */
  byte[] vex(
      int lead, int map, int pp, int wide, int length, int opcode, int reg, Operand operand) {
    begin(operand, reg, 16);
    put(lead);
    int extension = extension(operand);
    int rxb = (bit(register, 3) << 2) | extension;
    put(((~rxb & 7) << 5) | map);
    put((wide << 7) | ((~source(16) & 15) << 3) | (length << 2) | pp);
    put(opcode);
    return finish(operand, DISPLACEMENTS);
  }

  /** An EVEX encoding; {@code flags} is the last byte of its prefix but for V'. */
  byte[] evex(int map, int pp, int wide, int flags, int opcode, int reg, Operand operand) {
    begin(operand, reg, 32);
    put(0x62);
    int source = source(32);
    int extension = extension(operand);
    if (operand == Operand.REGISTER) {
      extension = (rm >> 3) & 3; // X is the fifth bit of a vector register
    }
    int rxb = (bit(register, 3) << 2) | extension;
    put(((~rxb & 7) << 5) | (bit(~register, 4) << 4) | map);
    put((wide << 7) | ((~source & 15) << 3) | 4 | pp);
    put(flags | (bit(~source, 4) << 3));
    put(opcode);
    return finish(operand, SCALED_DISPLACEMENTS);
  }

  private void begin(Operand operand, int reg, int registers) {
    size = 0;
    base = pick(BASES);
    index = pick(INDICES);
    boolean wide = registers > 16 && attempt < 2 && random.nextInt(4) == 0;
    register = reg >= 0 ? reg : wide ? random.nextInt(registers) : one(NUMBERS);
    rm = wide ? random.nextInt(registers) : one(ANY);
    if (operand.hasAddressPrefix()) {
      put(0x67);
    } else if (operand == Operand.FS) {
      put(0x64);
    }
  }

  private int source(int registers) {
    if (attempt % 2 == 0) {
      return 0;
    }
    return random.nextInt(attempt < 2 ? registers : 8);
  }

  private int extension(Operand operand) {
    return switch (operand) {
      case REGISTER -> bit(rm, 3);
      case INDEXED -> bit(base, 3) | (bit(index, 3) << 1);
      case RIP, EIP -> 0;
      default -> bit(base, 3);
    };
  }

  private byte[] finish(Operand operand, int[] displacements) {
    int reg = (register & 7) << 3;
    switch (operand) {
      case REGISTER -> put(0xc0 | reg | (rm & 7));
      case RIP, EIP -> put(reg | 5);
      case INDEXED -> {
        put(0x44 | reg);
        put((random.nextInt(4) << 6) | ((index & 7) << 3) | (base & 7));
        put(pick(displacements));
      }
      default -> {
        // With a displacement, because without one the number of rbp means something else.
        put(0x40 | reg | (base & 7));
        put(0);
      }
    }
    return fill();
  }

  private byte[] fill() {
    while (size < out.length) {
      put(random.nextInt(256));
    }
    return out.clone();
  }

  private int one(int[] from) {
    int value = pick(from);
    return attempt < 2 ? value : value & 7;
  }

  private int pick(int[] from) {
    return from[random.nextInt(from.length)];
  }

  private static int bit(int value, int number) {
    return (value >> number) & 1;
  }

  private void put(int value) {
    out[size++] = (byte) value;
  }
}
