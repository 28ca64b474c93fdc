package io.github.optprobe;

import io.github.optprobe.arch.InstructionSet;

/**
 * An address together with the instruction set of the code there, so that nobody marks Thumb code
 * by adding 1. Immutable and thread-safe.
 *
 * @param value the address, unsigned; its low bits are the address's own and carry no mark
 * @param instructionSet how the bytes there are decoded
 */
public record CodeAddress(long value, InstructionSet instructionSet) implements ProbePlace {

  /**
   * Creates an address.
   *
   * @throws IllegalArgumentException if the instruction set's addresses are narrower than {@code
   *     value}. Alignment is not judged here: a misaligned address is refused at registration, with
   *     a reason
   */
  public CodeAddress {
    if (!instructionSet.canAddress(value)) {
      throw new IllegalArgumentException(
          "0x%x does not fit the %d-bit addresses of %s"
              .formatted(value, instructionSet.addressBits(), instructionSet.name()));
    }
  }

  /** The address {@code bytes} further on, in the same instruction set. */
  public CodeAddress plus(long bytes) {
    return new CodeAddress(value + bytes, instructionSet);
  }

  @Override
  public String toString() {
    return "0x%x (%s)".formatted(value, instructionSet.name());
  }
}
