package io.github.optprobe.testkit.oracle;

import io.github.optprobe.text.AddressRange;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints addresses as offsets in what people know by name. Not thread-safe. */
public final class AddressNames {
  private final Map<String, AddressRange> ranges = new LinkedHashMap<>();

  /** Creates a set without names: addresses are printed as they are. */
  public AddressNames() {}

  /**
   * Names a range; the first that holds an address names it.
   *
   * @return this
   */
  public AddressNames name(String name, AddressRange range) {
    ranges.put(name, range);
    return this;
  }

  /** An address as {@code name+0xoffset}, or as a number if no range holds it. */
  public String format(long address) {
    for (Map.Entry<String, AddressRange> entry : ranges.entrySet()) {
      if (entry.getValue().contains(address)) {
        return "%s+0x%x".formatted(entry.getKey(), address - entry.getValue().first());
      }
    }
    return "0x%x".formatted(address);
  }
}
