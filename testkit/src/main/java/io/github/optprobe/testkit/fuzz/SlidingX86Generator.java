package io.github.optprobe.testkit.fuzz;

/**
 * Windows that slide over plausible instructions of x86: prefixes, REX, VEX, XOP or EVEX, an opcode
 * of any map, ModRM and what follows. From one instruction come eight cases, the first of which
 * starts at its first byte.
 */
final class SlidingX86Generator implements Generator {
  private static final int WINDOW = 15;
  private static final int SLIDES = 8;
  private static final int SCRATCH = 48;
  private static final int[] PREFIXES = {
    0x66, 0x67, 0xF2, 0xF3, 0x66, 0xF0, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65
  };

  private final boolean wide;
  private final CaseRandom random = new CaseRandom();
  private final byte[] scratch = new byte[SCRATCH];
  private int end;

  SlidingX86Generator(boolean wide) {
    this.wide = wide;
  }

  @Override
  public String name() {
    return "sliding";
  }

  @Override
  public int generate(long seed, long index, byte[] into) {
    random.at(seed, index / SLIDES);
    end = 0;
    putPrefixes();
    putOpcode();
    while (end + Long.BYTES <= SCRATCH) {
      putRandom();
    }
    System.arraycopy(scratch, (int) (index % SLIDES), into, 0, WINDOW);
    return WINDOW;
  }

  private void putPrefixes() {
    int count = Math.max(0, random.below(6) - 2);
    for (int i = 0; i < count; i++) {
      put(PREFIXES[random.below(PREFIXES.length)]);
    }
    if (wide && random.below(3) == 0) {
      put(0x40 | random.below(16));
    }
  }

  private void putOpcode() {
    int kind = random.below(16);
    if (kind < 6) {
      put(random.below(256));
    } else if (kind < 10) {
      putAll(0x0F, random.below(256));
    } else if (kind < 12) {
      putAll(0x0F, kind == 10 ? 0x38 : 0x3A, random.below(256));
    } else if (kind < 14) {
      putVex();
    } else if (kind < 15) {
      putEvex();
    } else {
      putRare();
    }
  }

  private void putVex() {
    if (random.below(2) == 0) {
      putAll(0xC5, random.below(256), random.below(256));
    } else {
      putAll(
          0xC4,
          (random.below(8) << 5) | (1 + random.below(3)),
          random.below(256),
          random.below(256));
    }
  }

  private void putEvex() {
    putAll(
        0x62,
        (random.below(16) << 4) | (1 + random.below(3)),
        random.below(256) | 0x04,
        random.below(256),
        random.below(256));
  }

  private void putRare() {
    if (random.below(2) == 0) {
      putAll(0x0F, 0x0F, random.below(256));
    } else {
      putAll(
          0x8F,
          (random.below(8) << 5) | (8 + random.below(3)),
          random.below(256),
          random.below(256));
    }
  }

  private void put(int value) {
    scratch[end++] = (byte) value;
  }

  private void putAll(int... values) {
    for (int value : values) {
      put(value);
    }
  }

  private void putRandom() {
    long bits = random.next();
    for (int i = 0; i < Long.BYTES; i++) {
      put((int) (bits >>> (8 * i)));
    }
  }
}
