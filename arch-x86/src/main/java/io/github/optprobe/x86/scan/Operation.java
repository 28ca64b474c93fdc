package io.github.optprobe.x86.scan;

/** The eight arithmetic operations that share their encodings, by number. */
final class Operation {
  static final int ADD = 0;
  static final int AND = 4;
  static final int SUB = 5;
  static final int XOR = 6;
  static final int CMP = 7;

  private Operation() {}

  /** What an operation of so many bits makes of two values of so many bits; not for CMP. */
  static Value result(int operation, Value one, Value other, int bits) {
    return switch (operation) {
      case ADD -> Values.add(one, other);
      case SUB -> subtract(one, other);
      case AND -> and(one, other, bits);
      default -> Value.COMPUTED;
    };
  }

  private static Value subtract(Value one, Value other) {
    boolean constant = other instanceof Value.Strided strided && strided.isConstant();
    return constant
        ? Values.add(one, Value.constant(-((Value.Strided) other).base()))
        : Value.COMPUTED;
  }

  /** No more than the lesser of the two. */
  private static Value and(Value one, Value other, int bits) {
    long first = Values.low(one, bits).hi();
    long second = Values.low(other, bits).hi();
    long bound = Long.compareUnsigned(first, second) <= 0 ? first : second;
    boolean useful = bound != Interval.mask(bits) && bound > 0;
    return useful ? Value.range(0, bound) : Value.COMPUTED;
  }
}
