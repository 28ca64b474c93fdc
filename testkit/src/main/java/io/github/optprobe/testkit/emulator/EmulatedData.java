package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.TextException;
import java.nio.ByteBuffer;

/**
 * The guest's memory as its loads and stores see it, without regard to what the guest is permitted.
 * Code that is changed through it is noticed by the CPU after text has been synchronised.
 */
final class EmulatedData implements DataMemory {
  private final AddressSpace space;
  private final StaleCode stale;

  EmulatedData(AddressSpace space, StaleCode stale) {
    this.space = space;
    this.stale = stale;
  }

  @Override
  public long load(long address, int bytes) {
    Mapping mapping = space.at(address);
    if (mapping == null || mapping.bytesFrom(address) < bytes) {
      return loadByteByByte(address, bytes);
    }
    int offset = mapping.offsetOf(address);
    ByteBuffer memory = mapping.memory();
    return switch (bytes) {
      case 1 -> Byte.toUnsignedLong(memory.get(offset));
      case 2 -> Short.toUnsignedLong(memory.getShort(offset));
      case 4 -> Integer.toUnsignedLong(memory.getInt(offset));
      case 8 -> memory.getLong(offset);
      default -> throw notAWidth(bytes);
    };
  }

  @Override
  public void store(long address, int bytes, long value) {
    Mapping mapping = space.at(address);
    if (mapping == null || mapping.bytesFrom(address) < bytes) {
      storeByteByByte(address, bytes, value);
      return;
    }
    stale.beforeWrite(mapping, address, bytes);
    int offset = mapping.offsetOf(address);
    ByteBuffer memory = mapping.memory();
    switch (bytes) {
      case 1 -> memory.put(offset, (byte) value);
      case 2 -> memory.putShort(offset, (short) value);
      case 4 -> memory.putInt(offset, (int) value);
      case 8 -> memory.putLong(offset, value);
      default -> throw notAWidth(bytes);
    }
  }

  /** Reads bytes, across mappings too. */
  byte[] read(long address, int length) {
    byte[] bytes = new byte[length];
    int done = 0;
    while (done < length) {
      Mapping mapping = require(TextException.Operation.READ, address + done, length - done);
      int count = (int) Math.min(length - done, mapping.bytesFrom(address + done));
      mapping.memory().get(mapping.offsetOf(address + done), bytes, done, count);
      done += count;
    }
    return bytes;
  }

  /** Writes bytes, across mappings too. */
  void write(long address, byte[] bytes) {
    int done = 0;
    while (done < bytes.length) {
      Mapping mapping = require(TextException.Operation.WRITE, address + done, bytes.length - done);
      int count = (int) Math.min(bytes.length - done, mapping.bytesFrom(address + done));
      stale.beforeWrite(mapping, address + done, count);
      mapping.memory().put(mapping.offsetOf(address + done), bytes, done, count);
      done += count;
    }
  }

  private long loadByteByByte(long address, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      Mapping mapping = require(TextException.Operation.READ, address + i, bytes);
      value = (value << 8) | (mapping.memory().get(mapping.offsetOf(address + i)) & 0xffL);
    }
    return value;
  }

  private void storeByteByByte(long address, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      Mapping mapping = require(TextException.Operation.WRITE, address + i, bytes);
      stale.beforeWrite(mapping, address + i, 1);
      mapping.memory().put(mapping.offsetOf(address + i), (byte) (value >>> (8 * i)));
    }
  }

  private Mapping require(TextException.Operation operation, long address, long bytes) {
    Mapping mapping = space.at(address);
    if (mapping == null) {
      throw new TextException(operation, address, bytes, "not mapped");
    }
    return mapping;
  }

  private static IllegalArgumentException notAWidth(int bytes) {
    return new IllegalArgumentException("bytes must be 1, 2, 4 or 8: " + bytes);
  }
}
