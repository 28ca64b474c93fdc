package io.github.optprobe.x86.scan;

/**
 * Unsigned numbers from {@code lo} to {@code hi}.
 *
 * @param lo the least, unsigned
 * @param hi the greatest, unsigned
 */
record Interval(long lo, long hi) {

  /** All numbers of so many bits, 8 to 64. */
  static Interval ofBits(int bits) {
    return new Interval(0, mask(bits));
  }

  /** The low {@code bits}, 8 to 64, all ones. */
  static long mask(int bits) {
    return bits == Long.SIZE ? -1L : (1L << bits) - 1;
  }

  boolean isAll(int bits) {
    return lo == 0 && hi == mask(bits);
  }

  boolean isEmpty() {
    return Long.compareUnsigned(lo, hi) > 0;
  }

  Interval intersect(Interval other) {
    return new Interval(
        Long.compareUnsigned(lo, other.lo) >= 0 ? lo : other.lo,
        Long.compareUnsigned(hi, other.hi) <= 0 ? hi : other.hi);
  }

  Interval hull(Interval other) {
    return new Interval(
        Long.compareUnsigned(lo, other.lo) <= 0 ? lo : other.lo,
        Long.compareUnsigned(hi, other.hi) >= 0 ? hi : other.hi);
  }
}
