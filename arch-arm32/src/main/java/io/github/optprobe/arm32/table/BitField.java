package io.github.optprobe.arm32.table;

/**
 * A field of an encoding: some of its bits, which need not be adjacent.
 *
 * @param letter its name in the table, such as {@code d} for the result
 * @param mask its bits within the encoding
 */
public record BitField(char letter, int mask) {
  /** How many bits it has. */
  public int width() {
    return Integer.bitCount(mask);
  }

  /** The number in the field, its bits moved together, unsigned. */
  public int of(int encoding) {
    int value = 0;
    for (int left = mask; left != 0; left &= ~Integer.highestOneBit(left)) {
      int bit = encoding & Integer.highestOneBit(left);
      value = (value << 1) | (bit == 0 ? 0 : 1);
    }
    return value;
  }

  /**
   * The encoding with another number in the field.
   *
   * @throws IllegalArgumentException if the number has more bits than the field
   */
  public int in(int encoding, int number) {
    if (width() < Integer.SIZE && number >>> width() != 0) {
      throw new IllegalArgumentException("%d is too wide for field %s".formatted(number, letter));
    }
    int bits = 0;
    int rest = number;
    for (int left = mask; left != 0; left &= left - 1) {
      bits |= (rest & 1) == 0 ? 0 : Integer.lowestOneBit(left);
      rest >>>= 1;
    }
    return (encoding & ~mask) | bits;
  }
}
