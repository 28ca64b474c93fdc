package io.github.optprobe.testkit.fuzz;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Says which bytes an entry of the known disagreements is about. Written as a regular expression
 * that is to be found in their hex digits, in which {@code <prefix>} is any prefix of x86, REX
 * included; or as {@code word} with 32 bits, or {@code halfwords} with 16 or 32 bits, each {@code
 * 0}, {@code 1} or {@code x} for any, blanks between: a little-endian word, and the one or two
 * halfwords that T32 starts with, the first one uppermost. {@code *} is any bytes. Immutable.
 */
final class BytesPattern {
  private static final String PREFIX = "(?:66|67|f0|f2|f3|26|2e|36|3e|64|65|4[0-9a-f])";

  private final String text;
  private final Pattern expression;
  private final int mask;
  private final int value;

  private BytesPattern(String text, String expression, String bits) {
    this.text = text;
    this.expression = Pattern.compile(expression);
    this.mask = Integer.parseUnsignedInt("0" + bits.replace('0', '1').replace('x', '0'), 2);
    this.value = Integer.parseUnsignedInt("0" + bits.replace('x', '0'), 2);
  }

  static BytesPattern parse(String text) {
    String bits = text.replaceFirst("^(?:word|halfwords) ", "").replace(" ", "");
    if (text.startsWith("word ") || text.startsWith("halfwords ")) {
      boolean single = bits.length() == Short.SIZE;
      return new BytesPattern(text, "", single ? bits + "x".repeat(Short.SIZE) : bits);
    }
    return new BytesPattern(text, text.equals("*") ? "" : text.replace("<prefix>", PREFIX), "");
  }

  boolean matches(String hex) {
    return mask == 0 ? expression.matcher(hex).find() : (encoding(hex) & mask) == value;
  }

  /** The word, or the halfwords; what is not there is zero. */
  private int encoding(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    int word = 0;
    for (int i = 0; i < Math.min(bytes.length, Integer.BYTES); i++) {
      word |= (bytes[i] & 0xFF) << (8 * i);
    }
    return text.startsWith("word ") ? word : Integer.rotateLeft(word, Short.SIZE);
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
