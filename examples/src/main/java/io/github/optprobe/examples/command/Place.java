package io.github.optprobe.examples.command;

import java.util.Locale;

/** A place in a file, as a user names it. */
sealed interface Place {

  /** An address as the file has it. */
  record Address(long value) implements Place {}

  /**
   * A symbol and an offset.
   *
   * @param offset bytes from the symbol's address on
   */
  record Symbol(String name, long offset) implements Place {}

  /**
   * Reads {@code 0x1234}, {@code symbol} or {@code symbol+0x12}; numbers are hexadecimal with 0x
   * and decimal without. An address always has its 0x.
   *
   * @throws CommandFailure if it is none of these: it says which part is wrong
   */
  static Place parse(String input) {
    if (input.isEmpty()) {
      throw wrong(input, 0, "the place is empty", "a symbol, symbol+offset or 0xADDRESS");
    }
    if (isHex(input)) {
      return new Address(number(input, 0));
    }
    int plus = input.lastIndexOf('+');
    if (plus < 0) {
      return new Symbol(input, 0);
    }
    if (plus == 0) {
      throw new CommandFailure(
          ExitCode.USAGE,
          new Caret(input, 0, 1, "the symbol is missing", "a name belongs in front").toString());
    }
    return new Symbol(input.substring(0, plus), number(input, plus + 1));
  }

  /**
   * Reads a number that goes from an index to the end.
   *
   * @throws CommandFailure if it is none, or has more than 64 bits
   */
  static long number(String input, int from) {
    String digits = input.substring(from);
    String wanted = "a number is decimal, or 0x and hexadecimal";
    if (digits.isEmpty()) {
      throw wrong(input, from, "a number is missing", wanted);
    }
    boolean hex = isHex(digits);
    int first = hex ? 2 : 0;
    int radix = hex ? 16 : 10;
    for (int i = first; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), radix) < 0 || digits.charAt(i) > 'f') {
        throw wrong(input, from + i, "this is no number", wanted);
      }
    }
    if (first == digits.length()) {
      throw wrong(input, from + first, "a number is missing", wanted);
    }
    try {
      return Long.parseUnsignedLong(digits.substring(first), radix);
    } catch (NumberFormatException tooLong) {
      throw wrong(input, from, "this number has more than 64 bits", "at most 0xffffffffffffffff");
    }
  }

  private static boolean isHex(String input) {
    return input.toLowerCase(Locale.ROOT).startsWith("0x");
  }

  private static CommandFailure wrong(String input, int from, String message, String advice) {
    return CommandFailure.usage(Caret.rest(input, from, message, advice));
  }
}
