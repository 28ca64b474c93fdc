package io.github.optprobe.live.memory;

import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory of this process that machine code and Java share: zeroed, readable and writable, never
 * moved, at the start of a page. Every load and store of a word is one access of the CPU, with
 * volatile semantics. Whoever frees it answers for nobody using it any more. Thread-safe.
 */
public final class DataBlock {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final long address;
  private final int bytes;
  private final ByteBuffer content;

  private DataBlock(long address, int bytes) {
    this.address = address;
    this.bytes = bytes;
    content = new Pointer(address).getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  /**
   * Allocates a block anywhere.
   *
   * @param bytes how many, positive; rounded up to whole pages
   * @throws OutOfMemoryError if the system gives none
   */
  public static DataBlock allocate(int bytes) {
    int rounded = Math.addExact(bytes, 4095) & -4096;
    long address = Libc.mmap(0, rounded, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (address == -1) {
      throw new OutOfMemoryError("no memory for %d bytes of native data".formatted(rounded));
    }
    return new DataBlock(address, rounded);
  }

  /** A view of memory that is mapped already, readable and writable, and aligned to 8 bytes. */
  public static DataBlock at(long address, int bytes) {
    return new DataBlock(address, bytes);
  }

  /** The address of its first byte. */
  public long address() {
    return address;
  }

  /** Its size in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Loads 8 bytes from an offset that is a multiple of 8. */
  public long load(int offset) {
    return (long) LONGS.getVolatile(content, offset);
  }

  /** Stores 8 bytes at an offset that is a multiple of 8. */
  public void store(int offset, long value) {
    LONGS.setVolatile(content, offset, value);
  }

  /** Adds to 8 bytes atomically; returns what was there before. */
  public long getAndAdd(int offset, long value) {
    return (long) LONGS.getAndAdd(content, offset, value);
  }

  /** Replaces 8 bytes atomically if they are what is expected. */
  public boolean compareAndSet(int offset, long expected, long value) {
    return LONGS.compareAndSet(content, offset, expected, value);
  }

  /** Gives the memory back. */
  public void free() {
    Libc.munmap(address, bytes);
  }
}
