package io.github.optprobe.arm32.table;

/** The flags of the application program status register, as bits at their places in it. */
public final class Flags {
  /** Negative. */
  public static final int N = 1 << 31;

  /** Zero. */
  public static final int Z = 1 << 30;

  /** Carry. */
  public static final int C = 1 << 29;

  /** Overflow. */
  public static final int V = 1 << 28;

  /** Saturation, sticky. */
  public static final int Q = 1 << 27;

  /** The four greater-or-equal bits. */
  public static final int GE = 0xF << 16;

  /** All that conditions look at. */
  public static final int NZCV = N | Z | C | V;

  private Flags() {}

  /** The bits that letters of {@code nzcvqg} stand for; g is all of {@link #GE}. */
  static int ofLetters(String letters) {
    return letters.chars().map(Flags::ofLetter).reduce(0, (a, b) -> a | b);
  }

  private static int ofLetter(int letter) {
    return switch (letter) {
      case 'n' -> N;
      case 'z' -> Z;
      case 'c' -> C;
      case 'v' -> V;
      case 'q' -> Q;
      case 'g' -> GE;
      default -> throw new IllegalArgumentException("no flag: " + (char) letter);
    };
  }
}
