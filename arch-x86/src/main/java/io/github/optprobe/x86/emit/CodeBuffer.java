package io.github.optprobe.x86.emit;

import java.io.ByteArrayOutputStream;

/** Machine code being written for a known address. Little-endian. Not thread-safe. */
public final class CodeBuffer {
  private final long start;
  private final int addressBits;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /**
   * Begins code for 64-bit mode.
   *
   * @param start the address that its first byte will have
   */
  public CodeBuffer(long start) {
    this(start, Long.SIZE);
  }

  /**
   * Begins code.
   *
   * @param start the address that its first byte will have
   * @param addressBits width of the instruction pointer in the mode that the code is for: 64 or 32
   */
  public CodeBuffer(long start, int addressBits) {
    this.start = start;
    this.addressBits = addressBits;
  }

  /** Width of the instruction pointer where the code will run, 64 or 32 bits. */
  public int addressBits() {
    return addressBits;
  }

  /** The address that the next byte will have. */
  public long address() {
    return start + bytes.size();
  }

  /** How many bytes there are. */
  public int size() {
    return bytes.size();
  }

  /** What was written, a copy. */
  public byte[] toBytes() {
    return bytes.toByteArray();
  }

  /** Appends bytes, each given as an int of which the low eight bits count. */
  public CodeBuffer code(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  /** Appends bytes. */
  public CodeBuffer code(byte[] values) {
    bytes.writeBytes(values);
    return this;
  }

  /** Appends 32 bits. */
  public CodeBuffer int32(int value) {
    return code(value, value >>> 8, value >>> 16, value >>> 24);
  }

  /** Appends 64 bits. */
  public CodeBuffer int64(long value) {
    return int32((int) value).int32((int) (value >>> 32));
  }

  /**
   * Appends the 32-bit displacement to {@code target} from the end of that displacement plus {@code
   * behind} bytes. In 32-bit mode the sum wraps at 2<sup>32</sup>, so that everything is in reach.
   *
   * @param behind how many bytes of the same instruction follow
   * @throws IllegalStateException if it does not fit: the plan allowed a place that is too far
   */
  public CodeBuffer displacement32(long target, int behind) {
    long displacement = target - (address() + Integer.BYTES + behind);
    if (addressBits == Long.SIZE && displacement != (int) displacement) {
      throw new IllegalStateException(
          "0x%x is out of reach from 0x%x".formatted(target, address()));
    }
    return int32((int) displacement);
  }
}
