package io.github.optprobe.arch;

import io.github.optprobe.text.AddressRange;

/**
 * Names an instruction set. Two are the same if all of it is equal; architecture modules publish
 * theirs as constants.
 *
 * @param name stable, lower case, such as {@code "x86-64"}
 * @param addressBits width of an address in bits, 1 to 64
 * @param alignment instructions start at multiples of this many bytes, a power of two
 */
public record InstructionSet(String name, int addressBits, int alignment) {

  /**
   * Creates an instruction set.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public InstructionSet {
    if (addressBits < 1 || addressBits > 64) {
      throw new IllegalArgumentException("address bits out of 1..64: " + addressBits);
    }
    if (Integer.bitCount(alignment) != 1 || alignment < 0) {
      throw new IllegalArgumentException("alignment must be a power of two: " + alignment);
    }
  }

  /** Whether an address of this width can be {@code value}. */
  public boolean canAddress(long value) {
    return addressBits == 64 || value >>> addressBits == 0;
  }

  /** All addresses of this width. */
  public AddressRange addresses() {
    return new AddressRange(0, addressBits == 64 ? -1L : (1L << addressBits) - 1);
  }

  /** Whether an instruction may start at {@code address}. */
  public boolean isAligned(long address) {
    return (address & (alignment - 1)) == 0;
  }
}
