package io.github.optprobe.x86.emulate;

import io.github.optprobe.x86.decode.Condition;

/** The bits of the flags register (Intel SDM volume 1, 3.4.3), and what is computed with them. */
final class Flags {
  static final long CARRY = 1;
  static final long PARITY = 1 << 2;
  static final long ADJUST = 1 << 4;
  static final long ZERO = 1 << 6;
  static final long SIGN = 1 << 7;
  static final long TRAP = 1 << 8;
  static final long INTERRUPT = 1 << 9;
  static final long DIRECTION = 1 << 10;
  static final long OVERFLOW = 1 << 11;
  static final long IO_PRIVILEGE = 3 << 12;
  static final long NESTED_TASK = 1 << 14;
  static final long RESUME = 1 << 16;
  static final long VIRTUAL_8086 = 1 << 17;
  static final long ALIGNMENT_CHECK = 1 << 18;
  static final long IDENTIFICATION = 1 << 21;

  /** What a comparison sets. */
  static final long STATUS = CARRY | PARITY | ADJUST | ZERO | SIGN | OVERFLOW;

  private Flags() {}

  /** Whether a condition holds: pairs of opposites, the odd one of which is the negated one. */
  static boolean satisfy(Condition condition, long flags) {
    boolean even =
        switch (condition.number() >> 1) {
          case 0 -> has(flags, OVERFLOW);
          case 1 -> has(flags, CARRY);
          case 2 -> has(flags, ZERO);
          case 3 -> has(flags, CARRY | ZERO);
          case 4 -> has(flags, SIGN);
          case 5 -> has(flags, PARITY);
          case 6 -> isLess(flags);
          default -> has(flags, ZERO) || isLess(flags);
        };
    boolean negated = (condition.number() & 1) != 0;
    return even != negated;
  }

  /** Whether one of the bits is set. */
  static boolean has(long flags, long bits) {
    return (flags & bits) != 0;
  }

  private static boolean isLess(long flags) {
    return has(flags, SIGN) != has(flags, OVERFLOW);
  }

  /** The flags with the bits of {@code mask} taken from {@code from}. */
  static long replaced(long flags, long mask, long from) {
    return (flags & ~mask) | (from & mask);
  }

  /** The {@link #STATUS} flags of {@code left - right}. */
  static long ofComparison(long left, long right, int bits) {
    long a = left & Machine.mask(bits);
    long b = right & Machine.mask(bits);
    long difference = (a - b) & Machine.mask(bits);
    long top = 1L << (bits - 1);
    boolean oddParity = Integer.bitCount((int) difference & 0xFF) % 2 != 0;
    return when(Long.compareUnsigned(a, b) < 0, CARRY)
        | when(!oddParity, PARITY)
        | ((a ^ b ^ difference) & ADJUST)
        | when(difference == 0, ZERO)
        | when((difference & top) != 0, SIGN)
        | when(((a ^ b) & (a ^ difference) & top) != 0, OVERFLOW);
  }

  private static long when(boolean condition, long bit) {
    return condition ? bit : 0;
  }
}
