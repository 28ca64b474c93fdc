package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.text.AddressRange;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds free whole pages in an interval, from its middle outwards. Never page 0. */
final class FreePages {
  private final AddressSpace space;

  FreePages(AddressSpace space) {
    this.space = space;
  }

  /**
   * The free place that is nearest to the middle of an interval.
   *
   * @param bytes a multiple of the page size
   */
  OptionalLong find(long bytes, AddressRange within) {
    long middle = (within.first() + ((within.length() - 1) >>> 1)) & -Engine.PAGE_BYTES;
    OptionalLong above = upwards(middle, bytes, within);
    OptionalLong below = downwards(middle, bytes, within);
    if (above.isEmpty() || below.isEmpty()) {
      return above.isPresent() ? above : below;
    }
    return above.getAsLong() - middle <= middle - below.getAsLong() ? above : below;
  }

  private OptionalLong upwards(long from, long bytes, AddressRange within) {
    long candidate =
        Long.compareUnsigned(from, within.first()) < 0 ? from + Engine.PAGE_BYTES : from;
    while (fits(candidate, bytes, within)) {
      Optional<Mapping> obstacle = space.highestIn(AddressRange.ofLength(candidate, bytes));
      if (obstacle.isEmpty()) {
        return OptionalLong.of(candidate);
      }
      candidate = obstacle.get().range().last() + 1;
    }
    return OptionalLong.empty();
  }

  private OptionalLong downwards(long from, long bytes, AddressRange within) {
    long candidate = from;
    while (fits(candidate, bytes, within)) {
      Optional<Mapping> obstacle = space.highestIn(AddressRange.ofLength(candidate, bytes));
      if (obstacle.isEmpty()) {
        return OptionalLong.of(candidate);
      }
      candidate = obstacle.get().range().first() - bytes;
    }
    // The middle itself may be too near to the upper end for that many bytes.
    boolean sticksOut = candidate == from && within.contains(from);
    return sticksOut && Long.compareUnsigned(from, bytes) > 0
        ? retryLower(from, bytes, within)
        : OptionalLong.empty();
  }

  private OptionalLong retryLower(long from, long bytes, AddressRange within) {
    long lower = (within.last() - bytes + 1) & -Engine.PAGE_BYTES;
    return Long.compareUnsigned(lower, from) < 0 && within.contains(lower)
        ? downwards(lower, bytes, within)
        : OptionalLong.empty();
  }

  private static boolean fits(long address, long bytes, AddressRange within) {
    long last = address + bytes - 1;
    return Long.compareUnsigned(address, Engine.PAGE_BYTES) >= 0
        && Long.compareUnsigned(last, address) > 0
        && within.contains(address)
        && within.contains(last);
  }
}
