package io.github.optprobe.testkit.elf;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.HashMap;
import java.util.Map;

/** Zeroed room for imported variables, such as {@code stderr}, which nobody defines here. */
final class DataCells {
  private static final int CELL_BYTES = 64;
  private static final int PAGE_BYTES = 4096;

  private final EmulatedTarget target;
  private final long page;
  private final Map<String, Long> addresses = new HashMap<>();

  /**
   * Creates the room.
   *
   * @param page where a page may be mapped if it is needed
   */
  DataCells(EmulatedTarget target, long page) {
    this.target = target;
    this.page = page;
  }

  long of(String name) {
    return addresses.computeIfAbsent(name, unused -> next());
  }

  private long next() {
    if (addresses.isEmpty()) {
      target.map(AddressRange.ofLength(page, PAGE_BYTES), Protection.READ_WRITE);
    }
    if ((addresses.size() + 1) * CELL_BYTES > PAGE_BYTES) {
      throw new IllegalStateException("too many imported variables: " + addresses.keySet());
    }
    return page + (long) addresses.size() * CELL_BYTES;
  }
}
