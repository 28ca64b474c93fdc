package io.github.optprobe.x86.scan;

/**
 * What is known of the content of a general register: a set that the content is in. Immutable.
 * Arithmetic on them is in {@link Values}; numbers are modulo 2<sup>64</sup>, or 2<sup>32</sup> in
 * 32-bit mode.
 */
sealed interface Value {

  /**
   * Any number.
   *
   * @param outside whether it came from outside the function as it is: an argument, a result of a
   *     call, a word of plain memory
   */
  record Unknown(boolean outside) implements Value {}

  /**
   * Any number whose low bits are in a range.
   *
   * @param bits how many, 8, 16 or 32
   * @param lo the least, unsigned
   * @param hi the greatest, unsigned
   */
  record Low(int bits, long lo, long hi) implements Value {}

  /**
   * One of {@code base + stride * k} for 0 ≤ k ≤ {@code last}.
   *
   * @param base the number for k = 0
   * @param stride in units of 1; 0 for a constant
   * @param last the greatest k, or {@link #UNBOUNDED}
   */
  record Strided(long base, long stride, long last) implements Value {
    /** As {@code last}: nothing bounds k. */
    static final long UNBOUNDED = -1;

    boolean isConstant() {
      return last == 0;
    }

    boolean isBounded() {
      return last != UNBOUNDED;
    }

    Strided plus(long number) {
      return new Strided(base + number, stride, last);
    }
  }

  /**
   * What was loaded from a table, plus a constant.
   *
   * @param at where it was loaded from
   * @param bytes how many were loaded: 4, or 8
   * @param signed whether they were sign-extended
   * @param addend what was added since
   * @param bits how many low bits of the sum are kept: 32 or 64
   */
  record Entry(Strided at, int bytes, boolean signed, long addend, int bits) implements Value {
    Entry plus(long number) {
      return new Entry(at, bytes, signed, addend + number, bits);
    }
  }

  /**
   * An address on the stack.
   *
   * @param offset bytes from where the stack pointer pointed when the function was entered
   */
  record Stack(long offset) implements Value {}

  /** Any number, not as it came from outside. */
  Value COMPUTED = new Unknown(false);

  /** Any number, as it came from outside. */
  Value OUTSIDE = new Unknown(true);

  /** One number. */
  static Strided constant(long number) {
    return new Strided(number, 0, 0);
  }

  /** The numbers from {@code lo} to {@code hi}, unsigned. */
  static Strided range(long lo, long hi) {
    return lo == hi ? constant(lo) : new Strided(lo, 1, hi - lo);
  }
}
