package io.github.optprobe.examples.command;

/**
 * Says what is wrong with an argument, and where.
 *
 * @param input the argument as it was typed
 * @param from index of the first character that is wrong; the argument's length if something is
 *     missing at its end
 * @param length how many characters are wrong, at least 1
 * @param message what is wrong, a phrase
 * @param advice what would be right, a phrase
 */
record Caret(String input, int from, int length, String message, String advice) {
  private static final int MOST_SHOWN = 60;

  /** Everything from an index to the end is wrong. */
  static Caret rest(String input, int from, String message, String advice) {
    return new Caret(input, from, Math.max(1, input.length() - from), message, advice);
  }

  @Override
  public String toString() {
    String shown = Printable.of(input);
    int start = from > MOST_SHOWN ? from - MOST_SHOWN / 2 : 0;
    int end = Math.min(shown.length(), start + MOST_SHOWN);
    String line = (start > 0 ? "…" : "") + shown.substring(start, end);
    int at = from - start + (start > 0 ? 1 : 0);
    int carets = Math.max(1, Math.min(length, line.length() - at));
    return "%s%n  %s%s%n  %s%s %s"
        .formatted(
            message,
            line,
            end < shown.length() ? "…" : "",
            " ".repeat(at),
            "^".repeat(carets),
            advice);
  }
}
