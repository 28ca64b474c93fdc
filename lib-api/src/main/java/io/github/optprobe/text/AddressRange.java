package io.github.optprobe.text;

import java.util.Optional;

/**
 * A non-empty range of unsigned 64-bit addresses, both ends included, so that the whole address
 * space is a range too. Immutable and thread-safe.
 *
 * @param first the lowest address, unsigned
 * @param last the highest address, unsigned, not below {@code first}
 */
public record AddressRange(long first, long last) implements Comparable<AddressRange> {

  /** Every address there is. */
  public static final AddressRange ALL = new AddressRange(0, -1L);

  /**
   * Creates a range.
   *
   * @throws IllegalArgumentException if {@code last} is below {@code first} (unsigned)
   */
  public AddressRange {
    if (Long.compareUnsigned(first, last) > 0) {
      throw new IllegalArgumentException(
          "empty range: first 0x%x is above last 0x%x".formatted(first, last));
    }
  }

  /**
   * The range of {@code length} bytes from {@code start} on.
   *
   * @throws IllegalArgumentException if {@code length} is not positive, or the range would wrap
   *     around the end of the address space
   */
  public static AddressRange ofLength(long start, long length) {
    if (length <= 0) {
      throw new IllegalArgumentException("length must be positive: " + length);
    }
    return new AddressRange(start, start + length - 1);
  }

  /**
   * The addresses at most {@code below} bytes below and at most {@code above} bytes above {@code
   * center}, cut off at the ends of the address space.
   *
   * @param below bytes, not negative
   * @param above bytes, not negative
   */
  public static AddressRange around(long center, long below, long above) {
    long first = Long.compareUnsigned(center, below) < 0 ? 0 : center - below;
    long last = Long.compareUnsigned(center + above, center) < 0 ? -1L : center + above;
    return new AddressRange(first, last);
  }

  /** Number of bytes; 0 stands for the whole 2<sup>64</sup>. */
  public long length() {
    return last - first + 1;
  }

  /** Whether {@code address} lies in this range. */
  public boolean contains(long address) {
    return Long.compareUnsigned(first, address) <= 0 && Long.compareUnsigned(address, last) <= 0;
  }

  /** Whether all of {@code other} lies in this range. */
  public boolean contains(AddressRange other) {
    return contains(other.first) && contains(other.last);
  }

  /** Whether the two ranges share an address. */
  public boolean overlaps(AddressRange other) {
    return Long.compareUnsigned(first, other.last) <= 0
        && Long.compareUnsigned(other.first, last) <= 0;
  }

  /** The addresses in both ranges; empty if there are none. */
  public Optional<AddressRange> intersect(AddressRange other) {
    if (!overlaps(other)) {
      return Optional.empty();
    }
    long low = Long.compareUnsigned(first, other.first) >= 0 ? first : other.first;
    long high = Long.compareUnsigned(last, other.last) <= 0 ? last : other.last;
    return Optional.of(new AddressRange(low, high));
  }

  /** Orders by first address, then by last, both unsigned. */
  @Override
  public int compareTo(AddressRange other) {
    int byFirst = Long.compareUnsigned(first, other.first);
    return byFirst != 0 ? byFirst : Long.compareUnsigned(last, other.last);
  }

  @Override
  public String toString() {
    return "[0x%x..0x%x]".formatted(first, last);
  }
}
