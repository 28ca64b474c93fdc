package io.github.optprobe.examples.command;

/**
 * Makes strings out of files harmless: names in a broken file may hold anything, also what moves a
 * terminal's cursor or what XML can not say.
 */
final class Printable {
  private static final char REPLACEMENT = '\uFFFD';

  private Printable() {}

  /** The same, with a replacement for each control character and for halves of surrogate pairs. */
  static String of(String any) {
    StringBuilder clean = new StringBuilder(any.length());
    any.codePoints().forEach(each -> clean.appendCodePoint(isHarmless(each) ? each : REPLACEMENT));
    return clean.toString();
  }

  /** At most so many columns of it, the end replaced by a tilde; for names. */
  static String cut(String any, int columns) {
    String clean = of(any);
    return clean.length() <= columns ? clean : clean.substring(0, columns - 1) + "~";
  }

  /** At most so many columns of it, the start replaced by a tilde; for paths. */
  static String cutLeft(String any, int columns) {
    String clean = of(any);
    int surplus = clean.length() - columns;
    return surplus <= 0 ? clean : "~" + clean.substring(surplus + 1);
  }

  private static boolean isHarmless(int codePoint) {
    int type = Character.getType(codePoint);
    return type != Character.CONTROL
        && type != Character.SURROGATE
        && type != Character.FORMAT
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && (codePoint & 0xFFFE) != 0xFFFE;
  }
}
