package io.github.optprobe.testkit.fuzz;

/**
 * Random numbers that are a function of a seed and an index: the SplitMix64 sequence, started at a
 * place that both decide. Confined to one thread. Source: Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators" (2014).
 */
final class CaseRandom {
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private long state;

  /** Starts the sequence of a case. */
  CaseRandom at(long seed, long index) {
    state = mix(seed + GOLDEN) ^ mix(index * GOLDEN + 1);
    return this;
  }

  long next() {
    state += GOLDEN;
    return mix(state);
  }

  /** A number from 0 to {@code bound} - 1. */
  int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }
}
