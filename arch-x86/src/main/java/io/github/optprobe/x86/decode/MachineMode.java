package io.github.optprobe.x86.decode;

/**
 * The mode of the CPU that is to execute the code: the same bytes mean different things in each.
 */
public enum MachineMode {
  /** Long mode, 64-bit code segment. */
  BITS_64(64, -1L),
  /** Protected mode, 32-bit code segment. */
  BITS_32(32, 0xFFFF_FFFFL);

  private final int bits;
  private final long addressMask;

  MachineMode(int bits, long addressMask) {
    this.bits = bits;
    this.addressMask = addressMask;
  }

  /** Width of the instruction pointer: 64 or 32. */
  public int bits() {
    return bits;
  }

  /** All ones where an address of this mode may have ones. */
  public long addressMask() {
    return addressMask;
  }
}
