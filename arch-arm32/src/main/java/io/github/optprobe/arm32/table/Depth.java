package io.github.optprobe.arm32.table;

/**
 * How many bytes below its base register an access may reach: the rule that a row names by {@code
 * st:} or {@code ld:}.
 */
enum Depth {
  /** The number in field i, when it is subtracted (U = 0) before the access (P = 1). */
  IMMEDIATE("i"),
  /** Four times the number in field i, in the same case. */
  SCALED("i*4"),
  /** The number in field i, always subtracted. */
  NEGATIVE("neg"),
  /** Depends on the index register. */
  REGISTER("reg"),
  /** A list, by P and U: decrement before, decrement after, or increment. */
  LIST("list"),
  /** A list, and the implicit LR of a T16 PUSH: decrement before. */
  PUSH("push");

  private static final int WORD = 4;
  private static final int LR = 1 << 14;

  private final String code;

  Depth(String code) {
    this.code = code;
  }

  static Depth ofCode(String code) {
    for (Depth depth : values()) {
      if (depth.code.equals(code)) {
        return depth;
      }
    }
    throw new IllegalArgumentException("no depth: " + code);
  }

  /** The bytes, or {@link Verdict#UNKNOWN_DEPTH}. */
  int bytes(TableRow row, int encoding) {
    return switch (this) {
      case IMMEDIATE -> below(row, encoding) ? row.number('i', encoding) : 0;
      case SCALED -> below(row, encoding) ? WORD * row.number('i', encoding) : 0;
      case NEGATIVE -> row.number('i', encoding);
      case REGISTER -> Verdict.UNKNOWN_DEPTH;
      case LIST -> list(row, encoding);
      case PUSH -> WORD * (count(row, encoding) + Integer.bitCount(implicitLr(row)));
    };
  }

  private static boolean below(TableRow row, int encoding) {
    return row.numberOr('P', encoding, 1) == 1 && row.numberOr('U', encoding, 0) == 0;
  }

  private static int list(TableRow row, int encoding) {
    if (row.number('U', encoding) == 1) {
      return 0;
    }
    return WORD * (count(row, encoding) - 1 + row.number('P', encoding));
  }

  private static int count(TableRow row, int encoding) {
    return Integer.bitCount(Restriction.list(row, encoding));
  }

  private static int implicitLr(TableRow row) {
    return row.facts().implicitRead() & LR;
  }
}
