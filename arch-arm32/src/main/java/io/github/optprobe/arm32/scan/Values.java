package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.scan.Value.Entry;
import io.github.optprobe.arm32.scan.Value.Numbers;
import io.github.optprobe.arm32.scan.Value.Stack;
import io.github.optprobe.arm32.scan.Value.Unknown;

/**
 * Arithmetic on {@link Value}s. Each result holds every number that the operation can have for
 * numbers in the operands; what would need more than the kinds of values there are is unknown.
 */
final class Values {
  static final long MASK = 0xFFFF_FFFFL;

  /** No table is longer; what a comparison leaves beyond says nothing of use. */
  static final long MOST = 1 << 16;

  private static final int MOST_SHIFTED = 4;

  private Values() {}

  /** Whether a jump through this, or by memory that it points to, may be a tail call. */
  static boolean isFromOutside(Value value) {
    return value instanceof Unknown unknown && unknown.outside();
  }

  static boolean isConstant(Value value) {
    return value instanceof Numbers numbers && numbers.isConstant();
  }

  /** The sum. */
  static Value add(Value one, Value other) {
    if (one instanceof Numbers number && number.isConstant()) {
      return plus(other, number.base());
    }
    if (other instanceof Numbers number && number.isConstant()) {
      return plus(one, number.base());
    }
    return Value.COMPUTED;
  }

  /** The value plus a number, which may be negative. */
  static Value plus(Value value, long number) {
    if (number == 0) {
      return value;
    } else if (value instanceof Numbers numbers) {
      return new Numbers((numbers.base() + number) & MASK, numbers.stride(), numbers.last());
    } else if (value instanceof Stack stack) {
      return new Stack((int) (stack.offset() + number));
    } else if (value instanceof Entry entry) {
      return new Entry(entry.at(), entry.bytes(), entry.factor(), (entry.addend() + number) & MASK);
    }
    return Value.COMPUTED;
  }

  /** The value shifted left. */
  static Value scaled(Value value, int shift) {
    if (shift == 0) {
      return value;
    }
    if (value instanceof Numbers numbers && numbers.isConstant()) {
      return Value.constant(numbers.base() << shift);
    }
    if (shift > MOST_SHIFTED) {
      return Value.COMPUTED;
    }
    if (value instanceof Numbers numbers && numbers.stride() <= MOST) {
      return new Numbers(
          (numbers.base() << shift) & MASK, numbers.stride() << shift, numbers.last());
    }
    return new Numbers(0, 1L << shift, Numbers.UNBOUNDED);
  }

  /** The value, which turned out not to be above a number; the number may be negative. */
  static Value atMost(Value value, long most) {
    if (most < 0 || most > MOST) {
      return value;
    }
    if (value instanceof Numbers numbers && numbers.isBounded()) {
      return atMost(numbers, most);
    }
    return value instanceof Unknown || value instanceof Numbers ? Value.upTo(most) : value;
  }

  private static Value atMost(Numbers numbers, long most) {
    long end = end(numbers);
    if (end <= most) {
      return numbers;
    } else if (end > MASK) {
      // Some of them are beyond 2³² and so start from 0 again.
      return Value.upTo(Math.min(end & MASK, most));
    }
    boolean whole = numbers.stride() == 1 && numbers.base() <= most;
    return whole ? new Numbers(numbers.base(), 1, most - numbers.base()) : Value.upTo(most);
  }

  /** What one or the other is; unknown rather than a larger set if {@code widen}. */
  static Value join(Value one, Value other, boolean widen) {
    if (one.equals(other)) {
      return one;
    }
    if (isFromOutside(one) && isFromOutside(other)) {
      return Value.OUTSIDE;
    }
    if (!widen && one instanceof Numbers first && other instanceof Numbers second) {
      return isCount(first) && isCount(second)
          ? Value.upTo(Math.max(end(first), end(second)))
          : Value.COMPUTED;
    }
    return Value.COMPUTED;
  }

  /** Whether all of it is in a range of numbers that a table may have as indices. */
  private static boolean isCount(Numbers numbers) {
    return numbers.isBounded() && numbers.base() <= MOST && end(numbers) <= MOST;
  }

  private static long end(Numbers numbers) {
    return numbers.base() + numbers.stride() * numbers.last();
  }
}
