package io.github.optprobe.arm32.table;

import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bits of a row, parsed.
 *
 * @param text as they stand in the table
 * @param width how many there are: 16 or 32
 * @param mask the fixed ones
 * @param value what the fixed ones are
 * @param shouldBeZero the bits written z
 * @param shouldBeOne the bits written o
 * @param fields all other letters but x
 */
record RowPattern(
    String text,
    int width,
    int mask,
    int value,
    int shouldBeZero,
    int shouldBeOne,
    List<BitField> fields) {

  /**
   * Parses such as {@code 0100 0110 dmmm mddd}.
   *
   * @throws IllegalArgumentException if it is not 16 or 32 bits
   */
  static RowPattern parse(String text) {
    String bits = text.replace(" ", "");
    if (bits.length() != Short.SIZE && bits.length() != Integer.SIZE) {
      throw new IllegalArgumentException("%d bits: %s".formatted(bits.length(), text));
    }
    TreeMap<Character, Integer> masks = new TreeMap<>();
    for (int i = 0; i < bits.length(); i++) {
      masks.merge(bits.charAt(i), 1 << (bits.length() - 1 - i), (a, b) -> a | b);
    }
    int ones = remove(masks, '1');
    int zeros = remove(masks, '0');
    int shouldBeZero = remove(masks, 'z');
    int shouldBeOne = remove(masks, 'o');
    remove(masks, 'x');
    List<BitField> fields =
        masks.entrySet().stream().map(e -> new BitField(e.getKey(), e.getValue())).toList();
    return new RowPattern(
        text, bits.length(), ones | zeros, ones, shouldBeZero, shouldBeOne, fields);
  }

  private static int remove(TreeMap<Character, Integer> masks, char letter) {
    Integer mask = masks.remove(letter);
    return mask == null ? 0 : mask;
  }

  @Nullable BitField field(char letter) {
    for (BitField field : fields) {
      if (field.letter() == letter) {
        return field;
      }
    }
    return null;
  }
}
