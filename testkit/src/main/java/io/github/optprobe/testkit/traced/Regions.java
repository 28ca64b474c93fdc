package io.github.optprobe.testkit.traced;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What is mapped in the child, by address. Reading and writing go through the shared file, whatever
 * the child is permitted. Thread-safe.
 */
final class Regions {
  static final int PAGE_BYTES = 4096;

  private final NavigableMap<Long, Region> byFirst =
      new ConcurrentSkipListMap<>(Long::compareUnsigned);

  void add(Region region) {
    byFirst.put(region.range().first(), region);
  }

  void remove(Region region) {
    byFirst.remove(region.range().first());
  }

  /** The region that an address is in; null if it is in none. */
  @Nullable Region at(long address) {
    Map.Entry<Long, Region> entry = byFirst.floorEntry(address);
    return entry != null && entry.getValue().range().contains(address) ? entry.getValue() : null;
  }

  /** The region with the highest addresses of those that overlap a range. */
  Optional<Region> highestIn(AddressRange range) {
    Map.Entry<Long, Region> entry = byFirst.floorEntry(range.last());
    return Optional.ofNullable(entry)
        .map(Map.Entry::getValue)
        .filter(region -> region.range().overlaps(range));
  }

  long slotRegions() {
    return byFirst.values().stream().filter(Region::slots).count();
  }

  /** Reads as much as there is, up to {@code length} bytes; returns how much. */
  int readUpTo(long address, byte[] into, int offset, int length) {
    int done = 0;
    for (Region region = at(address);
        region != null && done < length;
        region = at(address + done)) {
      int count = Math.min(length - done, region.bytesFrom(address + done));
      region.memory().get(region.offsetOf(address + done), into, offset + done, count);
      done += count;
    }
    return done;
  }

  byte[] read(long address, int length) {
    byte[] bytes = new byte[length];
    int done = readUpTo(address, bytes, 0, length);
    if (done < length) {
      throw notMapped(TextException.Operation.READ, address, length);
    }
    return bytes;
  }

  void write(long address, byte[] bytes) {
    int done = 0;
    while (done < bytes.length) {
      Region region = at(address + done);
      if (region == null) {
        throw notMapped(TextException.Operation.WRITE, address, bytes.length);
      }
      int count = Math.min(bytes.length - done, region.bytesFrom(address + done));
      region.memory().put(region.offsetOf(address + done), bytes, done, count);
      done += count;
    }
  }

  private static TextException notMapped(
      TextException.Operation operation, long address, int length) {
    return new TextException(operation, address, length, "not all of it is mapped");
  }
}
