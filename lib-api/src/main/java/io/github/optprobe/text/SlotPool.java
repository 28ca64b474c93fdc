package io.github.optprobe.text;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Slots of any size, cut from pages of executable memory that a {@link TextMemory} allocates. All
 * slots of a page have the same size, one of few; a new one is taken from the lowest page within
 * reach that has room. Any operation takes logarithmic time in the number of pages, also when
 * thousands of them are full.
 *
 * <p>One empty page of each size is kept, so that a probe that comes and goes does not allocate and
 * free one each time; other empty pages go back at once. The idea is that of the kernel's {@code
 * collect_one_slot()}.
 *
 * <p>Not thread-safe: the registry calls it under its lock.
 */
public final class SlotPool implements SlotAllocator {
  private final TextMemory text;
  private final TreeMap<Long, SlotPage> pages = new TreeMap<>(Long::compareUnsigned);
  private final SizeClass[] classes = SizeClass.all();

  /** The pages without a slot in use: spares, and those that could not be given back. */
  private final Set<SlotPage> empty = new LinkedHashSet<>();

  private boolean sparing = true;
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
    SizeClass size = SizeClass.holding(bytes, classes);
    Slot slot = size == null ? null : fromExistingPage(size, bytes, within);
    if (slot == null) {
      slot = fromNewPage(size, bytes, within);
    }
    if (slot != null) {
      liveSlots++;
    }
    return Optional.ofNullable(slot);
  }

  /**
   * Gives a slot back.
   *
   * @throws IllegalArgumentException if no slot of about its size is in use there: freeing twice is
   *     an error of the caller
   * @throws TextException if its page is empty now and could not be given back; the slot is free
   *     all the same, and the page stays here to be used again
   */
  public void free(Slot slot) {
    SlotPage page = pageAt(slot.address());
    if (page == null || !page.release(slot)) {
      throw new IllegalArgumentException("not a slot in use: " + slot);
    }
    liveSlots--;
    SizeClass size = page.sizeClass();
    if (size != null) {
      size.noteRoom(page);
    }
    if (page.isEmpty()) {
      emptied(page, size);
    }
  }

  private void emptied(SlotPage page, @Nullable SizeClass size) {
    empty.add(page);
    if (sparing && size != null && size.spare() == null) {
      size.setSpare(page);
    } else {
      giveBack(page);
    }
  }

  /**
   * Gives back the empty pages that {@link #free} could not, and those kept as spares if none are
   * kept any more.
   *
   * @throws TextException if one of them can not be given back now either
   */
  public void releaseEmptyPages() {
    for (SlotPage page : List.copyOf(empty)) {
      SizeClass size = page.sizeClass();
      if (size == null || size.spare() != page) {
        giveBack(page);
      }
    }
  }

  /**
   * Keeps no empty page from now on, because little more will be asked for. Those that are empty
   * already go back with the next {@link #releaseEmptyPages()}. The pool stays usable.
   */
  public void keepNoSpares() {
    sparing = false;
    for (SizeClass size : classes) {
      size.setSpare(null);
    }
  }

  private void giveBack(SlotPage page) {
    // First, because it may fail, and the page is to stay usable then.
    text.free(page.address());
    empty.remove(page);
    pages.remove(page.address());
    SizeClass size = page.sizeClass();
    if (size != null) {
      size.remove(page);
    }
  }

  /** How many slots are in use. */
  public int liveSlots() {
    return liveSlots;
  }

  /** Whether the address lies in a page of this pool. */
  public boolean contains(long address) {
    SlotPage page = pageAt(address);
    return page != null && page.range().contains(address);
  }

  /** Whether a page of this pool shares an address with the range. */
  public boolean overlaps(AddressRange range) {
    SlotPage page = pageAt(range.last());
    return page != null && page.range().overlaps(range);
  }

  /** The page at the address or, if it is in none, the next lower one. */
  private @Nullable SlotPage pageAt(long address) {
    Map.Entry<Long, SlotPage> entry = pages.floorEntry(address);
    return entry == null ? null : entry.getValue();
  }

  private @Nullable Slot fromExistingPage(SizeClass size, int bytes, AddressRange within) {
    // Only the first and the last of these may have room and yet none within the interval.
    for (SlotPage page : size.withRoom(within)) {
      Slot slot = page.take(bytes, within);
      if (slot != null) {
        taken(page, size);
        return slot;
      }
    }
    return null;
  }

  private void taken(SlotPage page, SizeClass size) {
    if (page.isFull()) {
      size.noteFull(page);
    }
    if (size.spare() == page) {
      size.setSpare(null);
    }
    if (!empty.isEmpty()) {
      empty.remove(page);
    }
  }

  private @Nullable Slot fromNewPage(@Nullable SizeClass size, int bytes, AddressRange within) {
    if (size != null) {
      for (int pageBytes : size.newPageBytes()) {
        OptionalLong address = text.allocate(pageBytes, within);
        if (address.isPresent()) {
          SlotPage page = SlotPage.ofClass(address.getAsLong(), pageBytes, size);
          pages.put(page.address(), page);
          size.add(page);
          return fromExistingPage(size, bytes, AddressRange.ofLength(page.address(), pageBytes));
        }
      }
    }
    return alone(bytes, within);
  }

  /** Where no whole page fits, or for a slot that is larger than pages are. */
  private @Nullable Slot alone(int bytes, AddressRange within) {
    OptionalLong address = text.allocate(bytes, within);
    if (address.isEmpty()) {
      return null;
    }
    SlotPage page = SlotPage.ofOne(address.getAsLong(), bytes);
    pages.put(page.address(), page);
    return page.take(bytes, within);
  }
}
