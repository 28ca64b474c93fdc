package io.github.optprobe.testkit.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The bytes to decode, in native memory that is used again for each input. Confined to one thread.
 *
 * <p>A {@linkplain #guarded guarded} input ends where its memory ends: a native decoder that reads
 * one byte too many is killed, and the process with it.
 */
public final class CodeInput {
  /** The longest input in bytes. */
  public static final int CAPACITY = 64;

  private final String instructionSet;
  private final ByteBuffer memory;
  private final boolean atEnd;
  private int offset;
  private int available;
  private long address;

  private CodeInput(String instructionSet, ByteBuffer memory, boolean atEnd) {
    this.instructionSet = instructionSet;
    this.memory = memory.order(ByteOrder.LITTLE_ENDIAN);
    this.atEnd = atEnd;
  }

  /**
   * An input in ordinary memory: what follows it can be read, and is zero.
   *
   * @param instructionSet such as {@code "x86-64"}
   */
  public static CodeInput of(String instructionSet) {
    return new CodeInput(instructionSet, ByteBuffer.allocateDirect(2 * CAPACITY), false);
  }

  /**
   * An input in front of a page that can not be read.
   *
   * @param instructionSet such as {@code "x86-64"}
   * @throws DecoderUnavailableException if this machine has no such memory
   */
  public static CodeInput guarded(String instructionSet) {
    return new CodeInput(instructionSet, GuardedMemory.allocate(), true);
  }

  /**
   * Takes another input.
   *
   * @param bytes at most {@link #CAPACITY} of them are available
   * @param length how many of them, from the first one on
   * @param newAddress the address of the first one
   */
  public void set(byte[] bytes, int length, long newAddress) {
    set(bytes, length, newAddress, (byte) 0);
  }

  /**
   * Takes another input, and fills the memory behind it, unless that is guarded.
   *
   * @param behind what a decoder sees that reads too far
   */
  public void set(byte[] bytes, int length, long newAddress, byte behind) {
    if (length > CAPACITY) {
      throw new IllegalArgumentException("more than %d bytes: %d".formatted(CAPACITY, length));
    }
    offset = atEnd ? memory.capacity() - length : 0;
    available = length;
    address = newAddress;
    memory.clear().put(offset, bytes, 0, length);
    if (!atEnd) {
      fillBehind(behind);
    }
  }

  private void fillBehind(byte behind) {
    long eight = (behind & 0xFF) * 0x0101_0101_0101_0101L;
    memory.putLong(available, eight).putLong(available + Long.BYTES, eight);
  }

  /** The name of the instruction set: the same object for the life of this input. */
  public String instructionSet() {
    return instructionSet;
  }

  /** The memory, little-endian and direct; the input lies in it from {@link #offset} on. */
  public ByteBuffer memory() {
    return memory;
  }

  /** Where in {@link #memory} the input starts. */
  public int offset() {
    return offset;
  }

  /** How many bytes there are. */
  public int available() {
    return available;
  }

  /** The address of the first byte. */
  public long address() {
    return address;
  }

  /**
   * One of the bytes, 0 to 255.
   *
   * @throws IndexOutOfBoundsException if it is not available
   */
  public int get(int index) {
    if (index < 0 || index >= available) {
      throw new IndexOutOfBoundsException("byte %d of an input of %d".formatted(index, available));
    }
    return memory.get(offset + index) & 0xFF;
  }

  /** The available bytes, a copy. */
  public byte[] bytes() {
    byte[] bytes = new byte[available];
    memory.get(offset, bytes);
    return bytes;
  }

  /** Instruction set, address and bytes. */
  @Override
  public String toString() {
    return "%s 0x%x: %s".formatted(instructionSet, address, HexFormat.of().formatHex(bytes()));
  }
}
