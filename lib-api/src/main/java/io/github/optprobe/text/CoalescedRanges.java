package io.github.optprobe.text;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A set of addresses, kept as ranges of which no two overlap or touch, so that stepping over what
 * is occupied takes one step and not one per piece. Not thread-safe.
 */
final class CoalescedRanges {
  private final TreeMap<Long, Long> lastByFirst = new TreeMap<>(Long::compareUnsigned);

  /** Adds a range, which may overlap what is there. */
  void add(AddressRange range) {
    long first = range.first();
    long last = range.last();
    // The end of the address space touches nothing: what is behind it is its beginning.
    Map.Entry<Long, Long> touching = lastByFirst.floorEntry(last == -1L ? last : last + 1);
    while (touching != null && touches(touching.getValue(), first)) {
      first = min(first, touching.getKey());
      last = max(last, touching.getValue());
      lastByFirst.remove(touching.getKey());
      touching = lastByFirst.floorEntry(last);
    }
    lastByFirst.put(first, last);
  }

  private static boolean touches(long last, long first) {
    return Long.compareUnsigned(last, first) >= 0 || last + 1 == first;
  }

  /** Removes a range, all of which must be there. */
  void remove(AddressRange range) {
    Map.Entry<Long, Long> whole = lastByFirst.floorEntry(range.first());
    if (whole == null || Long.compareUnsigned(whole.getValue(), range.last()) < 0) {
      throw new IllegalArgumentException("not all of it is there: " + range);
    }
    lastByFirst.remove(whole.getKey());
    if (whole.getKey() != range.first()) {
      lastByFirst.put(whole.getKey(), range.first() - 1);
    }
    if (whole.getValue() != range.last()) {
      lastByFirst.put(range.last() + 1, whole.getValue());
    }
  }

  /** The highest of the coalesced ranges that overlaps the given one. */
  Optional<AddressRange> highestIn(AddressRange range) {
    return Optional.ofNullable(lastByFirst.floorEntry(range.last()))
        .map(entry -> new AddressRange(entry.getKey(), entry.getValue()))
        .filter(range::overlaps);
  }

  private static long min(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private static long max(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }
}
