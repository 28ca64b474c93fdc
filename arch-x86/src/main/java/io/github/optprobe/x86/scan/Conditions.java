package io.github.optprobe.x86.scan;

import io.github.optprobe.x86.decode.Condition;

/** What a condition on the flags says of the number that was compared with a constant. */
final class Conditions {
  private Conditions() {}

  /**
   * The range that the number is in.
   *
   * @param condition that is fulfilled
   * @param constant what it was compared with, of {@code bits} bits
   * @param bits how many were compared
   * @param before the range it was known to be in
   */
  static Interval range(Condition condition, long constant, int bits, Interval before) {
    Interval all = Interval.ofBits(bits);
    return switch (condition) {
      case B -> below(constant, all);
      case NB -> new Interval(constant, all.hi());
      case BE -> new Interval(0, constant);
      case NBE -> above(constant, all);
      case Z -> new Interval(constant, constant);
      case NZ -> without(constant, before);
      case L, NL, LE, NLE -> signed(condition, constant, bits, before);
      default -> all;
    };
  }

  private static Interval below(long constant, Interval all) {
    return constant == 0 ? all : new Interval(0, constant - 1);
  }

  private static Interval above(long constant, Interval all) {
    return constant == all.hi() ? all : new Interval(constant + 1, all.hi());
  }

  private static Interval without(long constant, Interval before) {
    if (before.lo() == before.hi()) {
      return before;
    } else if (before.lo() == constant) {
      return new Interval(constant + 1, before.hi());
    }
    return before.hi() == constant ? new Interval(before.lo(), constant - 1) : before;
  }

  /** Numbers known not to be negative compare as unsigned ones do. */
  private static Interval signed(Condition condition, long constant, int bits, Interval before) {
    long greatest = Interval.mask(bits) >>> 1;
    boolean positive =
        Long.compareUnsigned(constant, greatest) <= 0
            && Long.compareUnsigned(before.hi(), greatest) <= 0;
    Interval all = Interval.ofBits(bits);
    if (!positive) {
      return all;
    }
    return switch (condition) {
      case L -> below(constant, all);
      case NL -> new Interval(constant, all.hi());
      case LE -> new Interval(0, constant);
      default -> above(constant, all);
    };
  }
}
