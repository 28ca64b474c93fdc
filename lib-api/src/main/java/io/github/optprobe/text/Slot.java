package io.github.optprobe.text;

/**
 * A piece of executable memory that a prepared probe owns: an insn slot or a detour buffer.
 *
 * @param address address of its first byte
 * @param bytes its size in bytes
 */
public record Slot(long address, int bytes) {

  /** The addresses that it covers. */
  public AddressRange range() {
    return AddressRange.ofLength(address, bytes);
  }
}
