package io.github.optprobe.arm32.table;

import java.util.Locale;

/**
 * What the fields of a row must fulfil; an encoding that does not is unpredictable.
 *
 * @param kind the rule
 * @param argument letters of two fields, or a number, or nothing
 */
record Restriction(Kind kind, String argument) {
  private static final int PC = 15;
  private static final int SP = 13;
  private static final int LR_AND_PC = 0xC000;
  private static final int REGISTERS = 32;
  // FLDMX and FSTMX (an odd number of words) know the first sixteen only.
  private static final int OLD_DOUBLES = 16;

  /** The rules, named in the table by their lower-case names without underscores. */
  enum Kind {
    /** Fields d and m not both PC. */
    ONE_PC,
    /** Fields d and m not both SP. */
    ONE_SP,
    /** Fields n and m not both below 8. */
    HIGH,
    /** LR and PC not both in the list. */
    NOT_BOTH,
    /** The base, if written back, not in the list but as its lowest register. */
    LOWEST,
    /** The base, if written back, not in the list. */
    NO_BASE,
    /** At least that many registers in the list. */
    LIST,
    /** Two fields different, and the first not the second register of a pair. */
    APART,
    /** Two fields the same. */
    SAME,
    /** The bit field, its width less one in w, ends within the register. */
    EXTRACT,
    /** The last bit, in w, is not below the first, in l. */
    INSERT,
    /** 1 to 16 double registers, or 1 to 32 single ones, none behind the last one there is. */
    VLIST,
    /** The condition of an IT exists, and is not AL with an "else". */
    FIRST_COND;

    String code() {
      return name().toLowerCase(Locale.ROOT).replace("_", "");
    }
  }

  static boolean isNamed(String code) {
    for (Kind kind : Kind.values()) {
      if (kind.code().equals(code)) {
        return true;
      }
    }
    return false;
  }

  static Restriction of(String code, String argument) {
    for (Kind kind : Kind.values()) {
      if (kind.code().equals(code)) {
        return new Restriction(kind, argument);
      }
    }
    throw new IllegalArgumentException("no restriction: " + code);
  }

  /** The registers of the row's list, bit n for register n; 0 without one. */
  static int list(TableRow row, int encoding) {
    return row.field('l').map(field -> encoding & field.mask()).orElse(0);
  }

  boolean isFulfilled(TableRow row, int word) {
    return switch (kind) {
      case ONE_PC -> row.number('d', word) != PC || row.number('m', word) != PC;
      case ONE_SP -> row.number('d', word) != SP || row.number('m', word) != SP;
      case HIGH -> row.number('n', word) > 7 || row.number('m', word) > 7;
      case NOT_BOTH -> (list(row, word) & LR_AND_PC) != LR_AND_PC;
      case LOWEST -> !writesBaseInList(row, word) || isLowest(row, word);
      case NO_BASE -> !writesBaseInList(row, word);
      case LIST -> Integer.bitCount(list(row, word)) >= Integer.parseInt(argument);
      case APART -> areApart(row, word);
      case SAME -> first(row, word) == second(row, word);
      case EXTRACT -> row.number('l', word) + row.number('w', word) < Integer.SIZE;
      case INSERT -> row.number('l', word) <= row.number('w', word);
      case VLIST -> isVectorList(row, word);
      case FIRST_COND -> isFirstCondition(row.number('f', word), row.number('k', word));
    };
  }

  private int first(TableRow row, int word) {
    return row.number(argument.charAt(0), word);
  }

  private int second(TableRow row, int word) {
    return row.number(argument.charAt(1), word);
  }

  private boolean areApart(TableRow row, int word) {
    boolean pair =
        row.operands().stream()
            .anyMatch(o -> o.field().letter() == argument.charAt(1) && o.access().isPair());
    int distance = first(row, word) - second(row, word);
    return distance != 0 && !(pair && distance == 1);
  }

  private static boolean writesBaseInList(TableRow row, int word) {
    return RowJudge.writesBack(row, word) && (list(row, word) >> row.number('n', word) & 1) != 0;
  }

  private static boolean isLowest(TableRow row, int word) {
    return Integer.numberOfTrailingZeros(list(row, word)) == row.number('n', word);
  }

  private static boolean isVectorList(TableRow row, int word) {
    int high = row.number('D', word);
    int low = row.number('v', word);
    boolean isDouble = row.number('q', word) == 1;
    int words = row.number('i', word);
    int count = isDouble ? words / 2 : words;
    int start = isDouble ? high << 4 | low : low << 1 | high;
    int end = isDouble && (words & 1) == 1 ? OLD_DOUBLES : REGISTERS;
    return count >= 1 && count <= (isDouble ? 16 : 32) && start + count <= end;
  }

  private static boolean isFirstCondition(int condition, int mask) {
    return condition < Condition.AL.number()
        || (condition == Condition.AL.number() && Integer.bitCount(mask) == 1);
  }
}
