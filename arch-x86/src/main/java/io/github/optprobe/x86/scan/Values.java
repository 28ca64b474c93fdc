package io.github.optprobe.x86.scan;

import io.github.optprobe.x86.scan.Value.Entry;
import io.github.optprobe.x86.scan.Value.Low;
import io.github.optprobe.x86.scan.Value.Stack;
import io.github.optprobe.x86.scan.Value.Strided;
import io.github.optprobe.x86.scan.Value.Unknown;

/**
 * Arithmetic on {@link Value}s. Each result holds every number that the operation can have for
 * numbers in the operands; what would need more than the kinds of values there are is unknown.
 */
final class Values {
  /** Sets that reach farther than this are of no use, and their arithmetic could overflow. */
  private static final long FARTHEST = 1L << 40;

  /** A comparison that leaves more numbers than this says nothing of use. */
  private static final long WIDEST = 1L << 24;

  private Values() {}

  /** The sum, modulo the width of the mode. */
  static Value add(Value one, Value other) {
    if (one instanceof Strided number && number.isConstant()) {
      return plus(other, number.base());
    }
    if (other instanceof Strided number && number.isConstant()) {
      return plus(one, number.base());
    }
    return Value.COMPUTED;
  }

  private static Value plus(Value value, long number) {
    if (number == 0) {
      return value;
    } else if (value instanceof Strided strided) {
      return strided.plus(number);
    } else if (value instanceof Entry entry) {
      return entry.bits() == Long.SIZE ? entry.plus(number) : Value.COMPUTED;
    } else if (value instanceof Stack stack) {
      return new Stack(stack.offset() + number);
    }
    return Value.COMPUTED;
  }

  /** The value times a small power of two. */
  static Value scaled(Value value, int shift) {
    if (shift == 0) {
      return value;
    }
    if (value instanceof Strided strided && strided.isBounded()) {
      return strided(strided.base() << shift, strided.stride() << shift, strided.last());
    }
    return new Strided(0, 1L << shift, Strided.UNBOUNDED);
  }

  /** A set with a bound, or without if it reaches too far. */
  private static Strided strided(long base, long stride, long last) {
    boolean far =
        Long.compareUnsigned(stride, FARTHEST) > 0
            || Long.compareUnsigned(last, FARTHEST) > 0
            || (stride != 0 && last > FARTHEST / stride);
    return new Strided(base, stride, far ? Strided.UNBOUNDED : last);
  }

  /** The range of the low bits of a value. */
  static Interval low(Value value, int bits) {
    if (value instanceof Strided strided && strided.isBounded()) {
      return low(strided, bits);
    }
    if (value instanceof Low low && low.bits() >= bits) {
      boolean fits = Long.compareUnsigned(low.hi(), Interval.mask(bits)) <= 0;
      return fits ? new Interval(low.lo(), low.hi()) : Interval.ofBits(bits);
    }
    return Interval.ofBits(bits);
  }

  private static Interval low(Strided strided, int bits) {
    long mask = Interval.mask(bits);
    long lo = strided.base() & mask;
    long span = strided.stride() * strided.last();
    boolean far = strided.last() > FARTHEST || Long.compareUnsigned(strided.stride(), FARTHEST) > 0;
    boolean wraps = Long.compareUnsigned(span, mask - lo) > 0;
    boolean overflows = strided.stride() != 0 && span / strided.stride() != strided.last();
    return far || wraps || overflows ? Interval.ofBits(bits) : new Interval(lo, lo + span);
  }

  /** The low bits of a value, the others zero; {@code bits} is less than the mode's width. */
  static Value truncated(Value value, int bits) {
    if (value instanceof Strided strided && strided.isBounded()) {
      Interval low = low(strided, bits);
      boolean exact = strided.isConstant() || !low.isAll(bits);
      return exact
          ? new Strided(low.lo(), strided.stride(), strided.last())
          : Value.range(low.lo(), low.hi());
    }
    if (value instanceof Entry entry && bits == Integer.SIZE) {
      return truncated(entry);
    }
    Interval low = low(value, bits);
    return Value.range(low.lo(), low.hi());
  }

  private static Entry truncated(Entry entry) {
    boolean unsignedWord = entry.bytes() == Integer.BYTES && entry.addend() == 0;
    return unsignedWord
        ? new Entry(entry.at(), Integer.BYTES, false, 0, Long.SIZE)
        : new Entry(entry.at(), entry.bytes(), entry.signed(), entry.addend(), Integer.SIZE);
  }

  /** The low bits of a value, sign-extended. */
  static Value signExtended(Value value, int bits) {
    if (value instanceof Entry entry
        && bits == Integer.SIZE
        && entry.bytes() == Integer.BYTES
        && entry.addend() == 0) {
      return new Entry(entry.at(), Integer.BYTES, true, 0, Long.SIZE);
    }
    Interval low = low(value, bits);
    boolean positive = Long.compareUnsigned(low.hi(), Interval.mask(bits) >>> 1) <= 0;
    return positive ? truncated(value, bits) : Value.COMPUTED;
  }

  /** The value, its low bits known to be in a range as well. */
  static Value refined(Value value, int bits, int modeBits, Interval range) {
    if (value instanceof Strided strided && (strided.isConstant() || strided.stride() > 1)) {
      return value;
    }
    if (!(value instanceof Unknown || value instanceof Low || value instanceof Strided)) {
      return value;
    }
    Interval all = low(value, modeBits);
    boolean whole = Long.compareUnsigned(all.hi(), Interval.mask(bits)) <= 0;
    Interval narrowed = range.intersect(whole ? all : low(value, bits));
    long span = narrowed.hi() - narrowed.lo();
    if (narrowed.isEmpty() || Long.compareUnsigned(span, WIDEST) > 0) {
      return value;
    }
    return whole
        ? Value.range(narrowed.lo(), narrowed.hi())
        : new Low(bits, narrowed.lo(), narrowed.hi());
  }

  /** What one or the other is; unknown rather than a large set if {@code widen}. */
  static Value join(Value one, Value other, boolean widen) {
    if (one.equals(other)) {
      return one;
    }
    if (one instanceof Unknown first && other instanceof Unknown second) {
      return first.outside() && second.outside() ? Value.OUTSIDE : Value.COMPUTED;
    }
    if (widen) {
      return Value.COMPUTED;
    }
    if (one instanceof Strided first && other instanceof Strided second) {
      return joinStrided(first, second);
    }
    if (one instanceof Low low) {
      return joinLow(low, other);
    }
    return other instanceof Low low ? joinLow(low, one) : Value.COMPUTED;
  }

  private static Value joinLow(Low low, Value other) {
    Interval hull = new Interval(low.lo(), low.hi()).hull(low(other, low.bits()));
    return hull.isAll(low.bits()) ? Value.COMPUTED : new Low(low.bits(), hull.lo(), hull.hi());
  }

  private static Value joinStrided(Strided one, Strided other) {
    if (!one.isBounded() || !other.isBounded()) {
      return Value.COMPUTED;
    }
    boolean inOrder = Long.compareUnsigned(one.base(), other.base()) <= 0;
    Strided low = inOrder ? one : other;
    Strided high = inOrder ? other : one;
    long distance = high.base() - low.base();
    if (Long.compareUnsigned(distance, FARTHEST) > 0 || isFar(low) || isFar(high)) {
      return Value.COMPUTED;
    }
    long stride = gcd(gcd(low.stride(), high.stride()), distance);
    long span = Math.max(low.stride() * low.last(), distance + high.stride() * high.last());
    return new Strided(low.base(), stride, span / stride);
  }

  private static boolean isFar(Strided strided) {
    return strided.last() > FARTHEST
        || Long.compareUnsigned(strided.stride(), FARTHEST) > 0
        || (strided.stride() != 0 && strided.last() > FARTHEST / strided.stride());
  }

  private static long gcd(long one, long other) {
    return other == 0 ? one : gcd(other, one % other);
  }
}
