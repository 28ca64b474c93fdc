package io.github.optprobe.x86.decode;

/**
 * Bytes that are not an instruction.
 *
 * @param failure why not
 * @param address runtime address of the first byte
 * @param available how many bytes the caller had given
 */
public record Undecodable(DecodeFailure failure, long address, int available) implements Decoded {
  @Override
  public String toString() {
    return "0x%x: %s in %d bytes".formatted(address, failure, available);
  }
}
