package io.github.optprobe.arm32.decode;

/**
 * Bytes that end before the instruction does. (All others are instructions: if no CPU executes
 * them, the {@linkplain Instruction#objection objection} says so.)
 *
 * @param address address of the first byte
 * @param available how many bytes the caller had given
 */
public record Truncated(long address, int available) implements Decoded {
  @Override
  public String toString() {
    return "0x%x: truncated after %d bytes".formatted(address, available);
  }
}
