package io.github.optprobe.testkit.traced;

import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;

/**
 * Where the XSAVE area of this CPU keeps what, in bytes; -1 for what it has not. Offsets behind the
 * first two components are the CPU's choice (CPUID leaf 0DH; Intel and AMD differ).
 */
record XstateLayout(int bytes, long features, int highYmm, int masks, int highZmm, int upperZmm) {
  /** The kernel notes here which components the area has. */
  private static final int SOFTWARE_FEATURES = 464;

  static final int AVX = 2;
  static final int MASKS = 5;
  static final int HIGH_ZMM = 6;
  static final int UPPER_ZMM = 7;

  /**
   * Reads the layout.
   *
   * @param image an area as the kernel gives it
   * @param offsetOf the CPU's answer: EBX of CPUID leaf 0DH by subleaf
   */
  static XstateLayout of(ByteBuffer image, int bytes, IntUnaryOperator offsetOf) {
    long features = image.getLong(SOFTWARE_FEATURES);
    return new XstateLayout(
        bytes,
        features,
        offset(features, AVX, offsetOf),
        offset(features, MASKS, offsetOf),
        offset(features, HIGH_ZMM, offsetOf),
        offset(features, UPPER_ZMM, offsetOf));
  }

  private static int offset(long features, int component, IntUnaryOperator offsetOf) {
    return ((features >>> component) & 1) == 0 ? -1 : offsetOf.applyAsInt(component);
  }

  /** How wide vector registers are, in bytes: 16, 32 or 64. */
  int vectorBytes() {
    return highYmm < 0 ? 16 : highZmm < 0 ? 32 : 64;
  }

  /** How many vector registers there are. */
  int vectors() {
    return upperZmm < 0 ? 16 : 32;
  }
}
