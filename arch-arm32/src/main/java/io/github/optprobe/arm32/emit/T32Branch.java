package io.github.optprobe.arm32.emit;

import io.github.optprobe.arm32.table.Condition;

/**
 * The 4-byte T32 branches {@code b.w} and {@code b<cond>.w}: a signed count of halfwords from the
 * address of the branch plus 4. Source: Arm Architecture Reference Manual, A8.8.18 (B), encodings
 * T4 and T3.
 *
 * <p>Addresses are unsigned 32-bit values in a {@code long}. Nothing wraps around the end of the
 * address space: a branch that would is out of reach.
 */
public final class T32Branch {
  /** The farthest target below {@code b.w}, in bytes from its own address. */
  public static final long LOWEST_OFFSET = -16_777_216 + 4;

  /** The farthest target above {@code b.w}, in bytes from its own address. */
  public static final long HIGHEST_OFFSET = 16_777_214 + 4;

  /** The farthest target below {@code b<cond>.w}, in bytes from its own address. */
  public static final long LOWEST_CONDITIONAL_OFFSET = -1_048_576 + 4;

  /** The farthest target above {@code b<cond>.w}, in bytes from its own address. */
  public static final long HIGHEST_CONDITIONAL_OFFSET = 1_048_574 + 4;

  private static final int OPCODE = 0xF000_9000;
  private static final int CONDITIONAL_OPCODE = 0xF000_8000;
  private static final int PIPELINE = 4;
  private static final long ADDRESS_SPACE = 1L << 32;

  private T32Branch() {}

  /**
   * Whether {@code b.w} at {@code from} can lead to {@code to}: both are halfword-aligned 32-bit
   * addresses and {@code to - from} lies between {@link #LOWEST_OFFSET} and {@link
   * #HIGHEST_OFFSET}.
   */
  public static boolean isWithinReach(long from, long to) {
    return leads(from, to, LOWEST_OFFSET, HIGHEST_OFFSET);
  }

  /** The same for {@code b<cond>.w}, which reaches {@link #LOWEST_CONDITIONAL_OFFSET} and so on. */
  public static boolean isWithinConditionalReach(long from, long to) {
    return leads(from, to, LOWEST_CONDITIONAL_OFFSET, HIGHEST_CONDITIONAL_OFFSET);
  }

  /**
   * The encoding of {@code b.w}, its first halfword uppermost.
   *
   * @param from address of the branch
   * @param to its target
   * @throws IllegalArgumentException if the target is not {@linkplain #isWithinReach within reach}
   */
  public static int encode(long from, long to) {
    require(isWithinReach(from, to), from, to);
    int offset = (int) (to - from - PIPELINE);
    int sign = offset >>> 31;
    int first = bit(offset, 23) ^ sign ^ 1;
    int second = bit(offset, 22) ^ sign ^ 1;
    return OPCODE
        | sign << 26
        | (offset >>> 12 & 0x3FF) << 16
        | first << 13
        | second << 11
        | (offset >>> 1 & 0x7FF);
  }

  /**
   * The encoding of {@code b<cond>.w}, its first halfword uppermost.
   *
   * @param condition not {@link Condition#AL}: that is another instruction
   * @param from address of the branch
   * @param to its target
   * @throws IllegalArgumentException if it is, or if the target is not {@linkplain
   *     #isWithinConditionalReach within reach}
   */
  public static int encode(Condition condition, long from, long to) {
    if (condition == Condition.AL) {
      throw new IllegalArgumentException("a conditional branch has a condition");
    }
    require(isWithinConditionalReach(from, to), from, to);
    int offset = (int) (to - from - PIPELINE);
    return CONDITIONAL_OPCODE
        | (offset >>> 31) << 26
        | condition.number() << 22
        | (offset >>> 12 & 0x3F) << 16
        | bit(offset, 18) << 13
        | bit(offset, 19) << 11
        | (offset >>> 1 & 0x7FF);
  }

  private static boolean leads(long from, long to, long lowest, long highest) {
    long offset = to - from;
    return isHalfwordAddress(from)
        && isHalfwordAddress(to)
        && offset >= lowest
        && offset <= highest;
  }

  private static void require(boolean isWithinReach, long from, long to) {
    if (!isWithinReach) {
      throw new IllegalArgumentException("no branch leads from 0x%x to 0x%x".formatted(from, to));
    }
  }

  private static boolean isHalfwordAddress(long address) {
    return address >= 0 && address < ADDRESS_SPACE && (address & 1) == 0;
  }

  private static int bit(int word, int number) {
    return word >>> number & 1;
  }
}
