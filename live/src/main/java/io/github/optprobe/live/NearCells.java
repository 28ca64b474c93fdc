package io.github.optprobe.live;

import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.NearAllocator;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.TreeMap;

/** Cells of 8 bytes in reach of the detour buffers that jump through them. Not thread-safe. */
final class NearCells {
  private static final int PROT_READ_WRITE = 3;
  private static final int PAGE = 4096;

  /** How far a cell may be from a buffer, in bytes: less than a displacement reaches. */
  private static final long REACH = (1L << 31) - (1 << 20);

  private static final long CLOSE = 1L << 28;

  private final NearAllocator pages = new NearAllocator(PROT_READ_WRITE);
  private final TreeMap<Long, Deque<Long>> free = new TreeMap<>();

  /**
   * Takes a cell.
   *
   * @param near an address from which it must be in reach
   */
  long take(long near) {
    for (Deque<Long> page : free.subMap(near - REACH, near + REACH).values()) {
      Long cell = page.poll();
      if (cell != null) {
        return cell;
      }
    }
    AddressRange close = AddressRange.around(near, CLOSE, CLOSE);
    AddressRange reach = AddressRange.around(near, REACH, REACH);
    long page = pages.allocate(PAGE, close).orElseGet(() -> pages.allocate(PAGE, reach).orElse(0));
    if (page == 0) {
      throw new TextException(Operation.ALLOCATE, near, PAGE, "nothing is free in reach");
    }
    Deque<Long> cells = new ArrayDeque<>();
    for (int i = Long.BYTES; i < PAGE; i += Long.BYTES) {
      cells.add(page + i);
    }
    free.put(page, cells);
    return page;
  }

  /** Whether code at an address can jump through a cell. */
  static boolean isInReach(long cell, long from) {
    return Math.abs(cell - from) < REACH;
  }

  /** Gives a cell back. */
  void give(long cell) {
    Objects.requireNonNull(free.get(cell & -PAGE)).add(cell);
  }

  static void store(long cell, long value) {
    DataBlock.at(cell & -PAGE, PAGE).store((int) (cell & (PAGE - 1)), value);
  }
}
