package io.github.optprobe.text;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Slots of any size, cut from pages of executable memory that a {@link TextMemory} allocates. First
 * fit in the lowest page within reach; an empty page goes back at once.
 *
 * <p>Not thread-safe: the registry calls it under its lock.
 */
public final class SlotPool implements SlotAllocator {
  /** Slots start at multiples of this many bytes, so that a head never crosses a cache line. */
  private static final int UNIT = 16;

  private static final int PAGE_BYTES = 4096;

  private final TextMemory text;
  private final TreeMap<Long, Page> pages = new TreeMap<>(Long::compareUnsigned);
  private int liveSlots;

  /** Creates an empty pool over {@code text}. */
  public SlotPool(TextMemory text) {
    this.text = text;
  }

  @Override
  public Optional<Slot> allocate(int bytes, AddressRange within) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("a slot needs at least one byte: " + bytes);
    }
    Slot slot = fromExistingPage(bytes, within);
    if (slot == null) {
      slot = fromNewPage(bytes, within);
    }
    if (slot != null) {
      liveSlots++;
    }
    return Optional.ofNullable(slot);
  }

  /**
   * Gives a slot back.
   *
   * @throws IllegalArgumentException if it is not in use: freeing twice is an error of the caller
   * @throws TextException if its page is empty now and could not be given back; the slot is free
   *     all the same, and the page stays here to be used again
   */
  public void free(Slot slot) {
    Map.Entry<Long, Page> entry = pages.floorEntry(slot.address());
    if (entry == null || !entry.getValue().release(slot)) {
      throw new IllegalArgumentException("not a slot in use: " + slot);
    }
    liveSlots--;
    if (entry.getValue().isEmpty()) {
      text.free(entry.getKey());
      pages.remove(entry.getKey());
    }
  }

  /**
   * Gives back the pages that {@link #free} could not.
   *
   * @throws TextException if one of them can not be given back now either
   */
  public void releaseEmptyPages() {
    Iterator<Page> all = pages.values().iterator();
    while (all.hasNext()) {
      Page page = all.next();
      if (page.isEmpty()) {
        text.free(page.address);
        all.remove();
      }
    }
  }

  /** How many slots are in use. */
  public int liveSlots() {
    return liveSlots;
  }

  /** Whether the address lies in a page of this pool. */
  public boolean contains(long address) {
    Map.Entry<Long, Page> entry = pages.floorEntry(address);
    return entry != null && entry.getValue().range().contains(address);
  }

  private @Nullable Slot fromExistingPage(int bytes, AddressRange within) {
    // A page that starts below the interval may still reach into it.
    Long from = pages.floorKey(within.first());
    Iterator<Page> candidates =
        pages
            .subMap(from == null ? within.first() : from, true, within.last(), true)
            .values()
            .iterator();
    Slot slot = null;
    while (slot == null && candidates.hasNext()) {
      slot = candidates.next().take(bytes, within);
    }
    return slot;
  }

  private @Nullable Slot fromNewPage(int bytes, AddressRange within) {
    int pageBytes = Math.max(PAGE_BYTES, roundUp(bytes));
    OptionalLong address = text.allocate(pageBytes, within);
    if (address.isEmpty()) {
      return null;
    }
    Page page = new Page(address.getAsLong(), pageBytes / UNIT);
    pages.put(page.address, page);
    return page.take(bytes, within);
  }

  private static int roundUp(int bytes) {
    return (bytes + UNIT - 1) / UNIT * UNIT;
  }

  private static final class Page {
    private final long address;
    private final int units;
    private final BitSet used = new BitSet();
    private final Map<Integer, Slot> slots = new HashMap<>();

    Page(long address, int units) {
      this.address = address;
      this.units = units;
    }

    AddressRange range() {
      return AddressRange.ofLength(address, (long) units * UNIT);
    }

    boolean isEmpty() {
      return used.isEmpty();
    }

    @Nullable Slot take(int bytes, AddressRange within) {
      int wanted = roundUp(bytes) / UNIT;
      int start = used.nextClearBit(0);
      while (start + wanted <= units) {
        int end = used.nextSetBit(start);
        if (end >= 0 && end < start + wanted) {
          start = used.nextClearBit(end);
          continue;
        }
        Slot slot = new Slot(address + (long) start * UNIT, bytes);
        if (within.contains(slot.range())) {
          used.set(start, start + wanted);
          slots.put(start, slot);
          return slot;
        }
        start = used.nextClearBit(start + 1);
      }
      return null;
    }

    boolean release(Slot slot) {
      long start = (slot.address() - address) / UNIT;
      if (start < 0 || start >= units || !slots.remove((int) start, slot)) {
        return false;
      }
      used.clear((int) start, (int) start + roundUp(slot.bytes()) / UNIT);
      return true;
    }
  }
}
