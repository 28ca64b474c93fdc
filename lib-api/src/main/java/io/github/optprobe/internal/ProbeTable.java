package io.github.optprobe.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Finds the aggregate probe at an address. Reading takes no lock and allocates nothing; writing is
 * done by one thread at a time, under the registry's lock.
 *
 * <p>Open addressing with linear probing. Removed entries leave a mark, because a reader may be
 * walking over them; growing, shrinking or cleaning publishes a new array, which readers pick up on
 * their next look-up.
 */
final class ProbeTable {
  private static final Object REMOVED = new Object();
  private static final int INITIAL_SLOTS = 64;

  /** Below this part of it in use, a table gives its memory back. Far below what growing leaves. */
  private static final int SPARSE = 16;

  private volatile AtomicReferenceArray<@Nullable Object> slots =
      new AtomicReferenceArray<>(INITIAL_SLOTS);
  private int live;
  private int used;

  @Nullable Aggregate find(long address) {
    AtomicReferenceArray<@Nullable Object> array = slots;
    int mask = array.length() - 1;
    int index = hash(address) & mask;
    Object entry = array.get(index);
    while (entry != null) {
      if (entry instanceof Aggregate aggregate && aggregate.addressValue() == address) {
        return aggregate;
      }
      index = (index + 1) & mask;
      entry = array.get(index);
    }
    return null;
  }

  /** The length of the array: what it takes of memory. */
  int capacity() {
    return slots.length();
  }

  void add(Aggregate aggregate) {
    if (2 * (used + 1) > slots.length()) {
      rebuild();
    }
    insert(slots, aggregate);
    live++;
    used++;
  }

  void remove(Aggregate aggregate) {
    AtomicReferenceArray<@Nullable Object> array = slots;
    int mask = array.length() - 1;
    int index = hash(aggregate.addressValue()) & mask;
    while (array.get(index) != aggregate) {
      if (array.get(index) == null) {
        throw new IllegalStateException("not in the table: " + aggregate);
      }
      index = (index + 1) & mask;
    }
    array.set(index, REMOVED);
    live--;
    if (array.length() > INITIAL_SLOTS && live < array.length() / SPARSE) {
      rebuild();
    }
  }

  private void rebuild() {
    AtomicReferenceArray<@Nullable Object> old = slots;
    int size = INITIAL_SLOTS;
    while (size < 4 * (live + 1)) {
      size *= 2;
    }
    AtomicReferenceArray<@Nullable Object> fresh = new AtomicReferenceArray<>(size);
    for (int i = 0; i < old.length(); i++) {
      if (old.get(i) instanceof Aggregate aggregate) {
        insert(fresh, aggregate);
      }
    }
    used = live;
    slots = fresh;
  }

  private static void insert(AtomicReferenceArray<@Nullable Object> array, Aggregate aggregate) {
    int mask = array.length() - 1;
    int index = hash(aggregate.addressValue()) & mask;
    while (array.get(index) != null) {
      index = (index + 1) & mask;
    }
    array.set(index, aggregate);
  }

  /** Fibonacci hashing: neighbouring addresses spread over the table. */
  private static int hash(long address) {
    return (int) ((address * 0x9E3779B97F4A7C15L) >>> 32);
  }
}
