package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;

/**
 * Where a CPU stands, or is on its way.
 *
 * @param kind what it is doing
 * @param place where its program counter is
 * @param then if it is away: where in the text it comes back
 */
record Position(Kind kind, AddressRange place, long then) {
  /** What a CPU is doing. */
  enum Kind {
    /** It is about to fetch. */
    AT,
    /** It has trapped, and nobody has been told. */
    TRAPPED,
    /** It executes a copy or a buffer. */
    AWAY
  }

  static Position at(long address) {
    return new Position(Kind.AT, AddressRange.ofLength(address, 1), address);
  }

  static Position trapped(long address) {
    return new Position(Kind.TRAPPED, AddressRange.ofLength(address, 1), address);
  }

  static Position away(AddressRange code, long then) {
    return new Position(Kind.AWAY, code, then);
  }

  long address() {
    return place.first();
  }

  boolean standsIn(AddressRange range) {
    return place.overlaps(range);
  }
}
