package io.github.optprobe.arm32.emit;

/**
 * The A32 branch {@code b<cond>}: a signed 24-bit count of words from the address of the branch
 * plus 8. Source: Arm Architecture Reference Manual, A8.8.18 (B), encoding A1.
 *
 * <p>Addresses are unsigned 32-bit values in a {@code long}. Nothing wraps around the end of the
 * address space: a branch that would is out of reach.
 */
public final class A32Branch {
  /** The farthest target below the branch, in bytes from its own address. */
  public static final long LOWEST_OFFSET = -33_554_432 + 8;

  /** The farthest target above the branch, in bytes from its own address. */
  public static final long HIGHEST_OFFSET = 33_554_428 + 8;

  /** The condition "always". */
  public static final int ALWAYS = 0xE;

  private static final int OPCODE = 0x0A00_0000;
  private static final int PIPELINE = 8;
  private static final int FIELD = 0x00FF_FFFF;
  private static final long ADDRESS_SPACE = 1L << 32;

  private A32Branch() {}

  /**
   * Whether a branch at {@code from} can lead to {@code to}: both are word-aligned 32-bit addresses
   * and {@code to - from} lies between {@link #LOWEST_OFFSET} and {@link #HIGHEST_OFFSET}.
   */
  public static boolean isWithinReach(long from, long to) {
    long offset = to - from;
    return isWordAddress(from)
        && isWordAddress(to)
        && offset >= LOWEST_OFFSET
        && offset <= HIGHEST_OFFSET;
  }

  /**
   * The word of a branch.
   *
   * @param condition the condition field, 0 to 14; 15 is another instruction
   * @param from address of the branch
   * @param to its target
   * @throws IllegalArgumentException if the condition is out of its range, or the target is not
   *     {@linkplain #isWithinReach within reach}
   */
  public static int encode(int condition, long from, long to) {
    if (condition < 0 || condition > ALWAYS) {
      throw new IllegalArgumentException("condition out of 0..14: " + condition);
    }
    if (!isWithinReach(from, to)) {
      throw new IllegalArgumentException("no branch leads from 0x%x to 0x%x".formatted(from, to));
    }
    int words = (int) ((to - from - PIPELINE) >> 2);
    return (condition << 28) | OPCODE | (words & FIELD);
  }

  private static boolean isWordAddress(long address) {
    return address >= 0 && address < ADDRESS_SPACE && (address & 3) == 0;
  }
}
