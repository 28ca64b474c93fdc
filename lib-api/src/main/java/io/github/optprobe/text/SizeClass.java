package io.github.optprobe.text;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One of the few sizes that slots have, so that a page of them needs no more than a bit for each,
 * and the pages of that size. Less than a third of a slot's units is wasted. Not thread-safe.
 */
final class SizeClass {
  /** Slots start at multiples of this many bytes, so that a head never crosses a cache line. */
  private static final int UNIT = 16;

  private static final int[] UNITS = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256};

  private static final int SMALLEST_PAGE = 4096;

  /**
   * Large enough that a million slots need few mappings, of which targets have a limited number.
   */
  private static final int LARGEST_PAGE = 16 * SMALLEST_PAGE;

  /** How many slots a page should have at least, so that little is left over at its end. */
  private static final int SLOTS_PER_PAGE = 4;

  private final int leastBytes;
  private final int slotBytes;
  private final TreeMap<Long, SlotPage> withRoom = new TreeMap<>(Long::compareUnsigned);
  private @Nullable SlotPage spare;
  private long pageBytes;

  private SizeClass(int leastBytes, int slotBytes) {
    this.leastBytes = leastBytes;
    this.slotBytes = slotBytes;
  }

  /** All classes, without pages, ascending. */
  static SizeClass[] all() {
    SizeClass[] all = new SizeClass[UNITS.length];
    int below = 0;
    for (int i = 0; i < all.length; i++) {
      all[i] = new SizeClass(below + 1, UNITS[i] * UNIT);
      below = all[i].slotBytes;
    }
    return all;
  }

  /** The smallest class with slots of at least that many bytes; null if there is none. */
  static @Nullable SizeClass holding(int bytes, SizeClass[] all) {
    for (SizeClass each : all) {
      if (bytes <= each.slotBytes) {
        return each;
      }
    }
    return null;
  }

  /** The size of its slots, in bytes. */
  int slotBytes() {
    return slotBytes;
  }

  /** The fewest bytes for which its slots are used: fewer get a smaller one. */
  int leastBytes() {
    return leastBytes;
  }

  /** The one empty page that is kept. */
  @Nullable SlotPage spare() {
    return spare;
  }

  void setSpare(@Nullable SlotPage page) {
    spare = page;
  }

  /** The pages with a free slot that overlap the interval, and at most one below it, ascending. */
  Collection<SlotPage> withRoom(AddressRange interval) {
    if (withRoom.isEmpty()) {
      return withRoom.values();
    }
    Map.Entry<Long, SlotPage> below = withRoom.floorEntry(interval.first());
    long from = below == null ? interval.first() : below.getKey();
    return withRoom.subMap(from, true, interval.last(), true).values();
  }

  void add(SlotPage page) {
    pageBytes += page.bytes();
    noteRoom(page);
  }

  void remove(SlotPage page) {
    pageBytes -= page.bytes();
    noteFull(page);
  }

  void noteRoom(SlotPage page) {
    withRoom.put(page.address(), page);
  }

  void noteFull(SlotPage page) {
    withRoom.remove(page.address());
  }

  /**
   * The sizes to try for a new page, in bytes, the best first: a quarter of what there is already,
   * so that pages are few; smaller ones where the text has only small holes.
   */
  int[] newPageBytes() {
    int least = slotBytes * SLOTS_PER_PAGE;
    int best = (int) Math.min(LARGEST_PAGE, Math.max(least, pageBytes / 4));
    int rounded = (best + SMALLEST_PAGE - 1) / SMALLEST_PAGE * SMALLEST_PAGE;
    int middle = (rounded / 4 + SMALLEST_PAGE - 1) / SMALLEST_PAGE * SMALLEST_PAGE;
    if (rounded == SMALLEST_PAGE) {
      return new int[] {SMALLEST_PAGE};
    }
    return middle == SMALLEST_PAGE
        ? new int[] {rounded, SMALLEST_PAGE}
        : new int[] {rounded, middle, SMALLEST_PAGE};
  }
}
