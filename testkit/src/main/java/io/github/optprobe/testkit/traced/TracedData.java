package io.github.optprobe.testkit.traced;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.TextException;

/**
 * The child's memory as its loads and stores see it, without regard to what the child is permitted.
 */
final class TracedData implements DataMemory {
  private final Regions regions;

  TracedData(Regions regions) {
    this.regions = regions;
  }

  @Override
  public long load(long address, int bytes) {
    Region region = regions.at(address);
    if (region == null || region.bytesFrom(address) < bytes) {
      return loadByteByByte(address, bytes);
    }
    int offset = region.offsetOf(address);
    return switch (bytes) {
      case 1 -> Byte.toUnsignedLong(region.memory().get(offset));
      case 2 -> Short.toUnsignedLong(region.memory().getShort(offset));
      case 4 -> Integer.toUnsignedLong(region.memory().getInt(offset));
      case 8 -> region.memory().getLong(offset);
      default -> throw notAWidth(bytes);
    };
  }

  @Override
  public void store(long address, int bytes, long value) {
    Region region = regions.at(address);
    if (region == null || region.bytesFrom(address) < bytes) {
      storeByteByByte(address, bytes, value);
      return;
    }
    int offset = region.offsetOf(address);
    switch (bytes) {
      case 1 -> region.memory().put(offset, (byte) value);
      case 2 -> region.memory().putShort(offset, (short) value);
      case 4 -> region.memory().putInt(offset, (int) value);
      case 8 -> region.memory().putLong(offset, value);
      default -> throw notAWidth(bytes);
    }
  }

  private long loadByteByByte(long address, int bytes) {
    byte[] read = regions.read(address, bytes);
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | Byte.toUnsignedLong(read[i]);
    }
    return value;
  }

  private void storeByteByByte(long address, int bytes, long value) {
    // Nothing is stored unless everything can be, as a CPU does it.
    if (regions.readUpTo(address, new byte[bytes], 0, bytes) < bytes) {
      throw new TextException(TextException.Operation.WRITE, address, bytes, "not mapped");
    }
    for (int i = 0; i < bytes; i++) {
      regions.write(address + i, new byte[] {(byte) (value >>> (Byte.SIZE * i))});
    }
  }

  private static IllegalArgumentException notAWidth(int bytes) {
    return new IllegalArgumentException("bytes must be 1, 2, 4 or 8: " + bytes);
  }
}
