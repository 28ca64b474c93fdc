package io.github.optprobe.arm32.table;

/**
 * The state of an IT block as an instruction finds it: the 8 bits ITSTATE of the architecture, the
 * condition on top. Source: Arm Architecture Reference Manual, A2.5.2.
 *
 * @param bits 0 outside an IT block; else condition in 7:4, and in 3:0 what is left
 */
public record ItState(int bits) {
  /** Not in an IT block. */
  public static final ItState OUTSIDE = new ItState(0);

  private static final int LEFT = 0xF;
  private static final int ONE_LEFT = 0x8;
  private static final int LAST_BITS = 0x1F;
  private static final int IT = 0xBF00;

  /**
   * Creates a state.
   *
   * @throws IllegalArgumentException if no instruction can find that state: more than 8 bits,
   *     nothing left but a condition, or condition 15
   */
  public ItState {
    boolean outside = bits == 0;
    boolean inside = bits > 0 && bits < 0xF0 && (bits & LEFT) != 0;
    if (!outside && !inside) {
      throw new IllegalArgumentException("no state of an IT block: 0x%x".formatted(bits));
    }
  }

  /**
   * The state that the first instruction behind an IT finds.
   *
   * @param it the halfword of the IT
   * @throws IllegalArgumentException if it is none
   */
  public static ItState behind(int it) {
    if ((it & 0xFF00) != IT || (it & LEFT) == 0) {
      throw new IllegalArgumentException("no IT: 0x%x".formatted(it));
    }
    return new ItState(it & 0xFF);
  }

  /** The state in a program status register: its bits 15:10 and 26:25. */
  public static ItState ofCpsr(int cpsr) {
    return new ItState((cpsr >>> 8 & 0xFC) | (cpsr >>> 25 & 3));
  }

  /** True within a block. */
  public boolean inBlock() {
    return bits != 0;
  }

  /** True for the last instruction of a block. */
  public boolean isLast() {
    return (bits & LEFT) == ONE_LEFT;
  }

  /** The condition of the instruction; {@link Condition#AL} outside a block. */
  public Condition condition() {
    return inBlock() ? Condition.ofNumber(bits >> 4) : Condition.AL;
  }

  /** How many instructions of the block are left, the one that finds this state included. */
  public int instructionsLeft() {
    return inBlock() ? 4 - Integer.numberOfTrailingZeros(bits & LEFT) : 0;
  }

  /** The state that the next instruction finds. */
  public ItState advanced() {
    if (!inBlock() || isLast()) {
      return OUTSIDE;
    }
    return new ItState((bits & ~LAST_BITS) | (bits << 1 & LAST_BITS));
  }
}
