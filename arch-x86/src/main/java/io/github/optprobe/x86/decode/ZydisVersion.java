package io.github.optprobe.x86.decode;

/**
 * A version of Zydis.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number
 */
record ZydisVersion(int major, int minor, int patch) {
  /** The versions whose layout {@link ZydisLayout} describes, in words. */
  static final String SUPPORTED = "4.0 or 4.1";

  /** Unpacks what {@code ZydisGetVersion} returns: four 16-bit numbers, the first one on top. */
  static ZydisVersion ofPacked(long packed) {
    return new ZydisVersion(part(packed, 48), part(packed, 32), part(packed, 16));
  }

  private static int part(long packed, int shift) {
    return (int) (packed >>> shift) & 0xFFFF;
  }

  boolean isSupported() {
    return major == 4 && minor <= 1;
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
