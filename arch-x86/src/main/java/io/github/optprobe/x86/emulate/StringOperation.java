package io.github.optprobe.x86.emulate;

/** What a string instruction does with one element; the constants' order is that of the opcodes. */
enum StringOperation {
  /** A4, A5: from source to destination. */
  MOVS(true, true, false),
  /** A6, A7: compares source with destination. */
  CMPS(true, true, true),
  /** AA, AB: from the accumulator to the destination. */
  STOS(false, true, false),
  /** AC, AD: from the source to the accumulator. */
  LODS(true, false, false),
  /** AE, AF: compares the accumulator with the destination. */
  SCAS(false, true, true);

  private final boolean hasSource;
  private final boolean hasDestination;
  private final boolean compares;

  StringOperation(boolean hasSource, boolean hasDestination, boolean compares) {
    this.hasSource = hasSource;
    this.hasDestination = hasDestination;
    this.compares = compares;
  }

  /** Whether it uses, and moves, the source index. */
  boolean hasSource() {
    return hasSource;
  }

  /** Whether it uses, and moves, the destination index. */
  boolean hasDestination() {
    return hasDestination;
  }

  /** Whether it sets flags, and changes nothing else but indices and counter. */
  boolean compares() {
    return compares;
  }
}
