package io.github.optprobe.testkit.protocol;

/** How addresses are written in pictures. */
final class Names {
  private static final long NEAR = 0x1000;

  private static final int FEW = 5;

  private Names() {}

  /** The first of many bytes. */
  static String few(String hex) {
    int most = 3 * FEW - 1;
    return hex.length() <= most ? hex : hex.substring(0, most) + " ..";
  }

  /** The offset if it is near the code, the address if not. */
  static String offset(long address, long base) {
    long offset = address - base;
    return offset >= 0 && offset < NEAR ? "+" + offset : "0x%x".formatted(address);
  }
}
