package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.DataBlock;
import java.util.HashMap;
import java.util.Map;

/**
 * Says where a CPU goes on that trapped at an address: a hash table that machine code reads without
 * a lock while Java changes it. Keys are addresses; those of single steps have {@link #STEP} set.
 * Changed by one thread at a time.
 */
public final class TrapTable {
  /** Set in the keys of places that a single step comes to; no user address has it. */
  public static final long STEP = 1L << 63;

  /** Multiplier of the hash: 2 to the 64th, divided by the golden ratio. */
  static final long HASH = 0x9E3779B97F4A7C15L;

  /** What the low bits of a hash are shifted away by. */
  static final int SHIFT = 32;

  /** Offset of the first entry from the mask, which stands first, in bytes. */
  static final int ENTRIES = 16;

  static final int ENTRY_BYTES = 16;
  private static final int FIRST_CAPACITY = 256;

  private final Map<Long, Long> content = new HashMap<>();
  private final DataBlock root;
  private DataBlock table;
  private int capacity;
  private int used;

  /**
   * Creates an empty table.
   *
   * @param root 8 bytes at its start come to hold the address of the table
   */
  public TrapTable(DataBlock root) {
    this.root = root;
    table = build(FIRST_CAPACITY);
  }

  /**
   * Sets where to go on from a key. A CPU that traps at the same moment sees the old or the new.
   *
   * @param target the address
   */
  public void put(long key, long target) {
    boolean isNew = content.put(key, target) == null;
    if (!isNew) {
      table.store(slotOf(key) + Long.BYTES, target);
      return;
    }
    if (2 * (used + 1) > capacity) {
      // The old one stays: a CPU may be reading it. All of them together are as large as the last.
      table = build(2 * capacity);
    } else {
      insert(table, key, target);
    }
  }

  /** Where a key leads; 0 if nowhere. */
  public long get(long key) {
    return content.getOrDefault(key, 0L);
  }

  /** Takes a key out: traps there are somebody else's from now on. */
  public void remove(long key) {
    if (content.containsKey(key)) {
      // The key stays, for what comes behind it, until the table grows.
      table.store(slotOf(key) + Long.BYTES, 0);
      content.remove(key);
      removedSlots.put(key, slotOf(key));
    }
  }

  private final Map<Long, Integer> removedSlots = new HashMap<>();

  private DataBlock build(int newCapacity) {
    DataBlock fresh = DataBlock.allocate(ENTRIES + newCapacity * ENTRY_BYTES);
    fresh.store(0, newCapacity - 1L);
    capacity = newCapacity;
    used = 0;
    removedSlots.clear();
    content.forEach((key, target) -> insert(fresh, key, target));
    root.store(0, fresh.address());
    return fresh;
  }

  private void insert(DataBlock into, long key, long target) {
    Integer old = removedSlots.remove(key);
    if (old != null) {
      into.store(old + Long.BYTES, target);
      return;
    }
    int slot = freeSlotOf(into, key);
    into.store(slot + Long.BYTES, target);
    // Last: from now on it is found.
    into.store(slot, key);
    used++;
  }

  private int freeSlotOf(DataBlock in, long key) {
    int index = index(key);
    while (in.load(offset(index)) != 0) {
      index = (index + 1) & (capacity - 1);
    }
    return offset(index);
  }

  private int slotOf(long key) {
    int index = index(key);
    while (table.load(offset(index)) != key) {
      index = (index + 1) & (capacity - 1);
    }
    return offset(index);
  }

  private int index(long key) {
    return (int) ((key * HASH) >>> SHIFT) & (capacity - 1);
  }

  private static int offset(int index) {
    return ENTRIES + index * ENTRY_BYTES;
  }
}
