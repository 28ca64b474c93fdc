package io.github.optprobe.arm32.emulate;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.TextException;
import java.util.List;

/** Pages of memory that an executor maps and that are {@link DataMemory} too. */
record Arena(long start, int bytes, int protection, Pointer memory) {
  static final int PAGE = 4096;

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;

  static Arena ofData(long start, int bytes) {
    return of(start, bytes, READ + WRITE);
  }

  static Arena ofConstants(long start, int bytes) {
    return of(start, bytes, READ);
  }

  /**
   * A part of this memory that may be executed, and written too, as instructions store next to
   * themselves.
   */
  Arena executable(long offset, int count) {
    return new Arena(start + offset, count, READ + WRITE + EXECUTE, memory.share(offset, count));
  }

  /** A part of this memory. */
  Arena part(long offset, int count) {
    return new Arena(start + offset, count, protection, memory.share(offset, count));
  }

  private static Arena of(long start, int bytes, int protection) {
    return new Arena(start, bytes, protection, new Memory(bytes + PAGE).align(PAGE));
  }

  private boolean isWritable() {
    return (protection & WRITE) != 0;
  }

  byte[] content() {
    return memory.getByteArray(0, bytes);
  }

  void setContent(byte[] content) {
    memory.write(0, content, 0, bytes);
  }

  void setContent(long address, byte[] content) {
    memory.write(address - start, content, 0, content.length);
  }

  private boolean holds(long address, int count) {
    long offset = address - start;
    return offset >= 0 && offset <= bytes - count;
  }

  private long load(long offset, int count) {
    return switch (count) {
      case 1 -> memory.getByte(offset) & 0xFFL;
      case 2 -> memory.getShort(offset) & 0xFFFFL;
      case 4 -> memory.getInt(offset) & 0xFFFF_FFFFL;
      default -> memory.getLong(offset);
    };
  }

  private void store(long offset, int count, long value) {
    switch (count) {
      case 1 -> memory.setByte(offset, (byte) value);
      case 2 -> memory.setShort(offset, (short) value);
      case 4 -> memory.setInt(offset, (int) value);
      default -> memory.setLong(offset, value);
    }
  }

  /** Memory of which nothing but these is mapped. */
  static DataMemory data(List<Arena> arenas) {
    return new DataMemory() {
      @Override
      public long load(long address, int count) {
        Arena arena = find(TextException.Operation.READ, address, count);
        return arena.load(address - arena.start, count);
      }

      @Override
      public void store(long address, int count, long value) {
        Arena arena = find(TextException.Operation.WRITE, address, count);
        arena.store(address - arena.start, count, value);
      }

      private Arena find(TextException.Operation operation, long address, int count) {
        boolean writes = operation == TextException.Operation.WRITE;
        return arenas.stream()
            .filter(each -> each.holds(address, count) && (each.isWritable() || !writes))
            .findFirst()
            .orElseThrow(() -> new TextException(operation, address, count, "not mapped"));
      }
    };
  }
}
