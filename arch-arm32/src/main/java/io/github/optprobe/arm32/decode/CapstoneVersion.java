package io.github.optprobe.arm32.decode;

/**
 * A version of Capstone's interface.
 *
 * @param major first number
 * @param minor second number
 */
record CapstoneVersion(int major, int minor) {
  /** The versions that {@link CapstoneLayout} describes, in words. */
  static final String SUPPORTED = "4.0 or 5.0";

  /** Unpacks what {@code cs_version} returns: major in bits 15:8, minor in 7:0. */
  static CapstoneVersion ofPacked(int packed) {
    return new CapstoneVersion(packed >>> 8, packed & 0xFF);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
