package io.github.optprobe.internal;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All aggregate probes in order of their addresses, for every question that is about more than one
 * address. Used under the registry's lock.
 *
 * <p>Kept by blocks of the address space, each an array ordered by address: neighbours lie close
 * together in memory too, and a tree of blocks stays small where one of a million probes would not.
 * The arrays are replaced and never changed, so that an answer stays as it was given.
 */
final class Neighbours {
  /**
   * Blocks of 1 KiB: replacing an array is cheap, and a window seldom crosses from one to another.
   */
  private static final int BLOCK_SHIFT = 10;

  private static final Aggregate[] NONE = {};

  /** By block number, which is not negative, so that it can be compared as it is. */
  private final TreeMap<Long, Aggregate[]> blocks = new TreeMap<>();

  private int farthest = 1;

  void add(Aggregate aggregate) {
    long address = aggregate.addressValue();
    blocks.put(blockOf(address), with(block(address), aggregate));
    farthest = Math.max(farthest, aggregate.architecture().maxWindowBytes());
  }

  void remove(Aggregate aggregate) {
    long address = aggregate.addressValue();
    Aggregate[] left = without(block(address), address);
    if (left.length == 0) {
      blocks.remove(blockOf(address));
    } else {
      blocks.put(blockOf(address), left);
    }
  }

  @Nullable Aggregate at(long address) {
    Aggregate[] block = block(address);
    int index = ceiling(block, address);
    return index < block.length && block[index].addressValue() == address ? block[index] : null;
  }

  Collection<Aggregate> all() {
    return in(AddressRange.ALL);
  }

  /** The probes that start in the range. */
  Collection<Aggregate> in(AddressRange range) {
    long first = blockOf(range.first());
    long last = blockOf(range.last());
    if (first == last) {
      return part(block(range.first()), range);
    }
    List<Aggregate> found = new ArrayList<>();
    blocks.subMap(first, true, last, true).values().forEach(b -> found.addAll(part(b, range)));
    return found;
  }

  private static List<Aggregate> part(Aggregate[] block, AddressRange range) {
    int from = ceiling(block, range.first());
    // Not to the ceiling of what is behind the last address: there may be nothing behind it.
    int to = ceiling(block, range.last());
    boolean included = to < block.length && block[to].addressValue() == range.last();
    return Arrays.asList(block).subList(from, included ? to + 1 : to);
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

  private Aggregate[] block(long address) {
    return blocks.getOrDefault(blockOf(address), NONE);
  }

  private static long blockOf(long address) {
    return address >>> BLOCK_SHIFT;
  }

  private static Aggregate[] with(Aggregate[] block, Aggregate aggregate) {
    int at = ceiling(block, aggregate.addressValue());
    Aggregate[] grown = Arrays.copyOf(block, block.length + 1);
    System.arraycopy(block, at, grown, at + 1, block.length - at);
    grown[at] = aggregate;
    return grown;
  }

  private static Aggregate[] without(Aggregate[] block, long address) {
    int at = ceiling(block, address);
    if (at == block.length || block[at].addressValue() != address) {
      return block;
    }
    Aggregate[] shrunk = Arrays.copyOf(block, block.length - 1);
    System.arraycopy(block, at + 1, shrunk, at, shrunk.length - at);
    return shrunk;
  }

  /** The index of the first that starts at or above the address; the length if there is none. */
  private static int ceiling(Aggregate[] block, long address) {
    int low = 0;
    int high = block.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(block[middle].addressValue(), address) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
