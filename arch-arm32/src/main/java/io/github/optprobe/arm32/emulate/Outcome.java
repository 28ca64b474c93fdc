package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.table.Flags;

/** A result with the carry and overflow that belong to it. */
record Outcome(int value, boolean carry, boolean overflow) {

  /** A sum. Source: AddWithCarry, A2.2.1. */
  static Outcome ofSum(int x, int y, boolean carryIn) {
    long carry = carryIn ? 1 : 0;
    long unsigned = Integer.toUnsignedLong(x) + Integer.toUnsignedLong(y) + carry;
    long signed = (long) x + y + carry;
    int value = (int) unsigned;
    return new Outcome(value, Integer.toUnsignedLong(value) != unsigned, value != signed);
  }

  /** Flags N, Z, C and V at their places. */
  int flags() {
    return (value & Flags.N)
        | (value == 0 ? Flags.Z : 0)
        | (carry ? Flags.C : 0)
        | (overflow ? Flags.V : 0);
  }
}
