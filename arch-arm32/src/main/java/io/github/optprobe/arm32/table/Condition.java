package io.github.optprobe.arm32.table;

/** A condition on the flags; the ordinal is its 4-bit number in encodings. */
@SuppressWarnings("EnumOrdinal") // the order is the hardware's
public enum Condition {
  /** Z = 1 (equal). */
  EQ(Flags.Z),
  /** Z = 0. */
  NE(Flags.Z),
  /** C = 1 (unsigned higher or same). */
  CS(Flags.C),
  /** C = 0. */
  CC(Flags.C),
  /** N = 1. */
  MI(Flags.N),
  /** N = 0. */
  PL(Flags.N),
  /** V = 1. */
  VS(Flags.V),
  /** V = 0. */
  VC(Flags.V),
  /** C = 1 and Z = 0 (unsigned higher). */
  HI(Flags.C | Flags.Z),
  /** C = 0 or Z = 1. */
  LS(Flags.C | Flags.Z),
  /** N = V (signed greater or equal). */
  GE(Flags.N | Flags.V),
  /** N ≠ V. */
  LT(Flags.N | Flags.V),
  /** Z = 0 and N = V (signed greater). */
  GT(Flags.N | Flags.Z | Flags.V),
  /** Z = 1 or N ≠ V. */
  LE(Flags.N | Flags.Z | Flags.V),
  /** Always. */
  AL(0);

  private static final Condition[] BY_NUMBER = values();

  private final int flagsRead;

  Condition(int flagsRead) {
    this.flagsRead = flagsRead;
  }

  /**
   * The condition of that number.
   *
   * @param number 0 to 14
   * @throws IndexOutOfBoundsException otherwise; 15 is not a condition
   */
  public static Condition ofNumber(int number) {
    return BY_NUMBER[number];
  }

  /** The 4-bit number of this condition in encodings, 0 to 14. */
  public int number() {
    return ordinal();
  }

  /** The flags that decide it, bits of {@link Flags}; 0 for {@link #AL}. */
  public int flagsRead() {
    return flagsRead;
  }

  /**
   * The opposite condition: true exactly when this one is false.
   *
   * @throws IllegalStateException for {@link #AL}, which has none
   */
  public Condition negated() {
    if (this == AL) {
      throw new IllegalStateException("AL has no opposite");
    }
    return BY_NUMBER[ordinal() ^ 1];
  }

  /**
   * Whether the condition holds.
   *
   * @param cpsr a program status register, flags at their places of {@link Flags}
   */
  public boolean holds(int cpsr) {
    boolean n = (cpsr & Flags.N) != 0;
    boolean z = (cpsr & Flags.Z) != 0;
    boolean c = (cpsr & Flags.C) != 0;
    boolean v = (cpsr & Flags.V) != 0;
    boolean base =
        switch (ordinal() >> 1) {
          case 0 -> z;
          case 1 -> c;
          case 2 -> n;
          case 3 -> v;
          case 4 -> c && !z;
          case 5 -> n == v;
          case 6 -> !z && n == v;
          default -> true;
        };
    return this == AL || base == ((ordinal() & 1) == 0);
  }
}
