package io.github.optprobe.text;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A piece of executable memory cut into slots of equal size. Not thread-safe. */
final class SlotPage {
  private final long address;
  private final int bytes;
  private final int slotBytes;
  private final int capacity;
  private final @Nullable SizeClass sizeClass;
  private final BitSet used;
  private int live;

  private SlotPage(long address, int bytes, int slotBytes, @Nullable SizeClass sizeClass) {
    this.address = address;
    this.bytes = bytes;
    this.slotBytes = slotBytes;
    this.sizeClass = sizeClass;
    this.capacity = bytes / slotBytes;
    this.used = new BitSet(capacity);
  }

  /** A page for slots of a class. */
  static SlotPage ofClass(long address, int bytes, SizeClass sizeClass) {
    return new SlotPage(address, bytes, sizeClass.slotBytes(), sizeClass);
  }

  /** A page that is one slot. */
  static SlotPage ofOne(long address, int bytes) {
    return new SlotPage(address, bytes, bytes, null);
  }

  long address() {
    return address;
  }

  int bytes() {
    return bytes;
  }

  AddressRange range() {
    return AddressRange.ofLength(address, bytes);
  }

  /** The class that its slots are of; null if it is one slot of its own size. */
  @Nullable SizeClass sizeClass() {
    return sizeClass;
  }

  boolean isEmpty() {
    return live == 0;
  }

  boolean isFull() {
    return live == capacity;
  }

  /** The lowest free slot that lies within an interval; null if there is none. */
  @Nullable Slot take(int wanted, AddressRange within) {
    int index = used.nextClearBit(firstStartingIn(within));
    if (index >= capacity) {
      return null;
    }
    Slot slot = new Slot(address + (long) index * slotBytes, wanted);
    if (!within.contains(slot.range())) {
      return null;
    }
    used.set(index);
    live++;
    return slot;
  }

  private int firstStartingIn(AddressRange within) {
    if (Long.compareUnsigned(within.first(), address) <= 0) {
      return 0;
    }
    long offset = within.first() - address;
    boolean behind = Long.compareUnsigned(offset, bytes) >= 0;
    return behind ? capacity : (int) ((offset + slotBytes - 1) / slotBytes);
  }

  /** Takes a slot back; false if none of its size is in use there. */
  boolean release(Slot slot) {
    long offset = slot.address() - address;
    boolean here = offset >= 0 && offset < bytes && offset % slotBytes == 0;
    int index = here ? (int) (offset / slotBytes) : -1;
    if (!here || !isOfThisSize(slot) || !used.get(index)) {
      return false;
    }
    used.clear(index);
    live--;
    return true;
  }

  private boolean isOfThisSize(Slot slot) {
    int least = sizeClass == null ? slotBytes : sizeClass.leastBytes();
    return slot.bytes() >= least && slot.bytes() <= slotBytes;
  }
}
