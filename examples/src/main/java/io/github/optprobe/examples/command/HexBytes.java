package io.github.optprobe.examples.command;

import java.io.ByteArrayOutputStream;

/** Reads bytes that a user types. */
final class HexBytes {
  private HexBytes() {}

  /**
   * Reads pairs of hexadecimal digits in memory order, with blanks, commas or nothing between.
   *
   * @throws CommandFailure if they are none: it says where
   */
  static byte[] parse(String input) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < input.length()) {
      if (isBetween(input.charAt(at))) {
        at++;
      } else {
        bytes.write(16 * digit(input, at) + digit(input, at + 1));
        at += 2;
      }
    }
    if (bytes.size() == 0) {
      throw CommandFailure.usage(
          Caret.rest(input, 0, "--hex: no bytes", "pairs of hexadecimal digits"));
    }
    return bytes.toByteArray();
  }

  private static boolean isBetween(char c) {
    return c == ' ' || c == ',';
  }

  private static int digit(String input, int at) {
    if (at >= input.length() || isBetween(input.charAt(at))) {
      throw CommandFailure.usage(
          new Caret(input, at - 1, 1, "--hex: half a byte", "a byte has two digits"));
    }
    char c = input.charAt(at);
    int digit = c < 128 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      throw CommandFailure.usage(
          new Caret(input, at, 1, "--hex: this is no hexadecimal digit", "0 to 9, a to f"));
    }
    return digit;
  }
}
