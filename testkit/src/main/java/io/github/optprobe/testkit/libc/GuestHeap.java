package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.HostState;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The guest's heap. Blocks are given out by ascending address, freed ones again to requests of the
 * same size, so that the same calls always give the same addresses. Not thread-safe.
 */
public final class GuestHeap implements HostState {
  /** Where the heap starts. */
  public static final long START = 0x2000_0000L;

  /** Where it ends at the latest, exclusive. */
  public static final long END = 0x6000_0000L;

  private static final int ALIGNMENT = 16;
  private static final int GROWTH_BYTES = 1 << 18;

  private final EmulatedTarget target;
  private final Map<Long, ArrayDeque<Long>> freeBySize = new HashMap<>();
  private final TreeMap<Long, Long> sizes = new TreeMap<>();
  private long next = START;
  private long mappedEnd = START;

  GuestHeap(EmulatedTarget target) {
    this.target = target;
    target.addHostState(this);
  }

  /**
   * Allocates.
   *
   * @param bytes 0 is taken for 1
   * @return the address, aligned to 16 bytes, or 0 if the heap is exhausted
   */
  public long allocate(long bytes) {
    if (bytes < 0 || bytes > END - START) {
      return 0;
    }
    long size = roundUp(Math.max(bytes, 1), ALIGNMENT);
    ArrayDeque<Long> free = freeBySize.get(size);
    long address = free == null || free.isEmpty() ? fresh(size) : free.removeLast();
    if (address != 0) {
      sizes.put(address, size);
    }
    return address;
  }

  /**
   * Frees. Null is permitted.
   *
   * @throws IllegalStateException if it was not allocated, or freed before
   */
  public void free(long address) {
    if (address == 0) {
      return;
    }
    long size = sizeOf(address);
    sizes.remove(address);
    freeBySize.computeIfAbsent(size, unused -> new ArrayDeque<>()).addLast(address);
  }

  /**
   * How large a block is; at least what was asked for.
   *
   * @throws IllegalStateException if it is not allocated
   */
  public long sizeOf(long address) {
    Long size = sizes.get(address);
    if (size == null) {
      throw new IllegalStateException("the guest's heap has no block at 0x%x".formatted(address));
    }
    return size;
  }

  /** How many blocks are allocated. */
  public int liveBlocks() {
    return sizes.size();
  }

  @Override
  public Runnable checkpoint() {
    Map<Long, ArrayDeque<Long>> freeThen = copy(freeBySize);
    TreeMap<Long, Long> sizesThen = new TreeMap<>(sizes);
    long nextThen = next;
    return () -> {
      freeBySize.clear();
      freeBySize.putAll(copy(freeThen));
      sizes.clear();
      sizes.putAll(sizesThen);
      next = nextThen;
    };
  }

  private long fresh(long size) {
    if (size > END - next) {
      return 0;
    }
    long address = next;
    next += size;
    if (next > mappedEnd) {
      long more = roundUp(next - mappedEnd, GROWTH_BYTES);
      target.map(AddressRange.ofLength(mappedEnd, more), Protection.READ_WRITE);
      mappedEnd += more;
    }
    return address;
  }

  private static Map<Long, ArrayDeque<Long>> copy(Map<Long, ArrayDeque<Long>> lists) {
    Map<Long, ArrayDeque<Long>> copy = new HashMap<>();
    lists.forEach((size, list) -> copy.put(size, new ArrayDeque<>(list)));
    return copy;
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) & -unit;
  }
}
