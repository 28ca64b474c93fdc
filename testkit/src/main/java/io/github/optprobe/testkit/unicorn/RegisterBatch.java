package io.github.optprobe.testkit.unicorn;

import java.nio.ByteBuffer;

/**
 * Registers that are read and written together, by one native call each way: what a call costs is
 * mostly the way there. Not thread-safe.
 */
public final class RegisterBatch {
  /** What the widest register takes, in bytes. */
  private static final int WIDEST = 32;

  private final Engine engine;
  private final int count;
  private final int pointers;
  private final int values;
  private final ByteBuffer memory;
  private final long address;

  /**
   * Creates a batch.
   *
   * @param ids Unicorn's numbers, in the order in which registers are written
   */
  public RegisterBatch(Engine engine, int... ids) {
    this.engine = engine;
    count = ids.length;
    pointers = (count * Integer.BYTES + WIDEST) & -WIDEST;
    values = pointers + ((count * Long.BYTES + WIDEST) & -WIDEST);
    memory =
        Engine.directBuffer((values + count * WIDEST + Engine.PAGE_BYTES) & -Engine.PAGE_BYTES);
    address = Engine.addressOf(memory);
    for (int i = 0; i < count; i++) {
      memory.putInt(i * Integer.BYTES, ids[i]);
      memory.putLong(pointers + i * Long.BYTES, address + values + (long) i * WIDEST);
    }
  }

  /** Reads all of them from the CPU. */
  public void read() {
    for (int i = 0; i < count; i++) {
      // Narrow registers leave the rest of it alone.
      memory.putLong(values + i * WIDEST, 0);
    }
    engine.readBatch(address, address + pointers, count);
  }

  /**
   * Writes the first of them to the CPU.
   *
   * @param first how many
   */
  public void write(int first) {
    engine.writeBatch(address, address + pointers, first);
  }

  /** A register of at most 64 bits. */
  public long get(int index) {
    return memory.getLong(values + index * WIDEST);
  }

  /** Changes a register of at most 64 bits. */
  public void set(int index, long value) {
    memory.putLong(values + index * WIDEST, value);
  }

  /** Copies a wide register. */
  public void get(int index, byte[] into) {
    memory.get(values + index * WIDEST, into);
  }

  /** Changes a wide register. */
  public void set(int index, byte[] from) {
    memory.put(values + index * WIDEST, from);
  }
}
