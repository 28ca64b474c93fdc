package io.github.optprobe.internal;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All aggregate probes in order of their addresses, for every question that is about more than one
 * address. Used under the registry's lock.
 */
final class Neighbours {
  private final TreeMap<Long, Aggregate> byAddress = new TreeMap<>(Long::compareUnsigned);
  private int farthest = 1;

  void add(Aggregate aggregate) {
    byAddress.put(aggregate.addressValue(), aggregate);
    farthest = Math.max(farthest, aggregate.architecture().maxWindowBytes());
  }

  void remove(Aggregate aggregate) {
    byAddress.remove(aggregate.addressValue());
  }

  @Nullable Aggregate at(long address) {
    return byAddress.get(address);
  }

  Collection<Aggregate> all() {
    return byAddress.values();
  }

  /** The probes that start in the range. */
  Collection<Aggregate> in(AddressRange range) {
    return byAddress.subMap(range.first(), true, range.last(), true).values();
  }

  /** The probes that start at an address, or so closely below that their window may reach it. */
  Collection<Aggregate> reaching(AddressRange range) {
    return in(around(range));
  }

  /** The range, and as much below it as a window that begins there may reach. */
  AddressRange around(AddressRange range) {
    AddressRange before = AddressRange.around(range.first(), farthest, 0);
    return new AddressRange(before.first(), range.last());
  }

  /** The probes, others than the one there, whose window holds the address. */
  List<Aggregate> covering(long address) {
    List<Aggregate> found = new ArrayList<>();
    for (Aggregate each : reaching(AddressRange.ofLength(address, 1))) {
      if (each.windowCovers(address)) {
        found.add(each);
      }
    }
    return found;
  }
}
