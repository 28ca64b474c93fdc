package io.github.optprobe.testkit.traced;

import io.github.optprobe.text.AddressRange;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds free whole pages in an interval: at its middle, else above that, else below. */
final class FreePlaces {
  private static final long PAGE = Regions.PAGE_BYTES;

  private final Regions regions;
  private final AddressRange usable;

  /**
   * Creates it.
   *
   * @param usable addresses that the kernel would map
   */
  FreePlaces(Regions regions, AddressRange usable) {
    this.regions = regions;
    this.usable = usable;
  }

  /**
   * A free place in an interval.
   *
   * @param bytes a multiple of the page size
   */
  OptionalLong find(long bytes, AddressRange within) {
    Optional<AddressRange> common = within.intersect(usable);
    if (common.isEmpty()) {
      return OptionalLong.empty();
    }
    long lowest = (common.get().first() + PAGE - 1) & -PAGE;
    long highest = (common.get().last() + 1 - bytes) & -PAGE;
    long middle = (lowest + Math.max((highest - lowest) / 2, 0)) & -PAGE;
    OptionalLong above = upwards(middle, highest, bytes);
    return above.isPresent() ? above : downwards(middle - PAGE, lowest, bytes);
  }

  private OptionalLong upwards(long from, long highest, long bytes) {
    long candidate = from;
    while (candidate <= highest) {
      Optional<Region> obstacle = regions.highestIn(AddressRange.ofLength(candidate, bytes));
      if (obstacle.isEmpty()) {
        return OptionalLong.of(candidate);
      }
      candidate = obstacle.get().range().last() + 1;
    }
    return OptionalLong.empty();
  }

  private OptionalLong downwards(long from, long lowest, long bytes) {
    long candidate = from;
    while (candidate >= lowest) {
      Optional<Region> obstacle = regions.highestIn(AddressRange.ofLength(candidate, bytes));
      if (obstacle.isEmpty()) {
        return OptionalLong.of(candidate);
      }
      candidate = obstacle.get().range().first() - bytes;
    }
    return OptionalLong.empty();
  }
}
