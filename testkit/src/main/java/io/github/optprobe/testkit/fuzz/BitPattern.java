package io.github.optprobe.testkit.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * An encoding as manuals draw it: fixed bits, and fields named by letters. Immutable.
 *
 * @param bits how many there are: 16 or 32
 * @param value the fixed bits
 * @param fields a mask for each field, in the order of their first bits
 */
record BitPattern(int bits, int value, List<Integer> fields) {

  /**
   * Reads a pattern, the highest bit first: {@code 0}, {@code 1}, or a letter for a bit of a field;
   * blanks are ignored.
   *
   * @throws IllegalArgumentException if there are not 16 or 32 bits
   */
  static BitPattern parse(String text) {
    String bits = text.replaceAll("\\s", "");
    if (!bits.matches("[01a-z]+") || (bits.length() != 16 && bits.length() != 32)) {
      throw new IllegalArgumentException("not 16 or 32 of 0, 1 and letters: " + text);
    }
    int value = Integer.parseUnsignedInt(bits.replaceAll("[a-z]", "0"), 2);
    List<Integer> fields = new ArrayList<>();
    bits.chars().filter(Character::isLetter).distinct().forEach(c -> fields.add(mask(bits, c)));
    return new BitPattern(bits.length(), value, List.copyOf(fields));
  }

  private static int mask(String bits, int letter) {
    int mask = 0;
    for (int i = 0; i < bits.length(); i++) {
      mask = (mask << 1) | (bits.charAt(i) == letter ? 1 : 0);
    }
    return mask;
  }

  /** An encoding with random fields: a third each all zeros, all ones, and anything. */
  int fill(CaseRandom random) {
    int word = value;
    for (int mask : fields) {
      int kind = random.below(3);
      word |= kind == 0 ? 0 : kind == 1 ? mask : ((int) random.next() & mask);
    }
    return word;
  }
}
