package io.github.optprobe.testkit.emulator;

/** Reads code as the ARM CPU fetches it. What is not mapped reads as 0. */
final class ArmCode {
  private static final int FIRST_WIDE = 0xE800;

  private final AddressSpace space;

  ArmCode(AddressSpace space) {
    this.space = space;
  }

  /** The byte at an address. */
  int octet(long address) {
    Mapping mapping = space.at(address);
    return mapping == null
        ? 0
        : Byte.toUnsignedInt(mapping.memory().get(mapping.offsetOf(address)));
  }

  /** The halfword at an address. */
  int halfword(long address) {
    return octet(address) | octet(address + 1) << Byte.SIZE;
  }

  /** The word at an address. */
  int word(long address) {
    return halfword(address) | halfword(address + Short.BYTES) << Short.SIZE;
  }

  /** The length of the instruction at an address in bytes. */
  int length(long address, boolean thumb) {
    return thumb && halfword(address) < FIRST_WIDE ? Short.BYTES : Integer.BYTES;
  }
}
