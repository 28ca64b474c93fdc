package io.github.optprobe.arm32.scan;

/**
 * What is known of the content of a register: a set that the content is in. Immutable. Arithmetic
 * on them is in {@link Values}; numbers are modulo 2³².
 */
sealed interface Value {
  /** Any number, not as it came from outside. */
  Value COMPUTED = new Unknown(false);

  /** Any number, as it came from outside. */
  Value OUTSIDE = new Unknown(true);

  /** Where the function returns to. */
  Value RETURN = new ReturnAddress();

  /**
   * Any number.
   *
   * @param outside whether it came from outside the function as it is: an argument, a result of a
   *     call, a word of plain memory
   */
  record Unknown(boolean outside) implements Value {}

  /** Where the function returns to: what LR held when it was entered. */
  record ReturnAddress() implements Value {}

  /**
   * An address on the stack.
   *
   * @param offset bytes from where the stack pointer pointed when the function was entered
   */
  record Stack(long offset) implements Value {}

  /**
   * One of {@code base + stride * k} for 0 ≤ k ≤ {@code last}.
   *
   * @param base the number for k = 0, 0 to 2³²-1
   * @param stride in units of 1; 0 for a constant
   * @param last the greatest k, or {@link #UNBOUNDED}
   */
  record Numbers(long base, long stride, long last) implements Value {
    /** As {@code last}: nothing bounds k. */
    static final long UNBOUNDED = -1;

    boolean isConstant() {
      return last == 0;
    }

    boolean isBounded() {
      return last != UNBOUNDED;
    }
  }

  /**
   * What was loaded from a table, times a number, plus a number.
   *
   * @param at where it was loaded from
   * @param bytes how many were loaded: 1, 2 or 4
   * @param factor what it was multiplied with
   * @param addend what was added
   */
  record Entry(Numbers at, int bytes, int factor, long addend) implements Value {}

  /** One number. */
  static Numbers constant(long number) {
    return new Numbers(number & Values.MASK, 0, 0);
  }

  /** The numbers from 0 to {@code last}. */
  static Numbers upTo(long last) {
    return new Numbers(0, last == 0 ? 0 : 1, last);
  }
}
