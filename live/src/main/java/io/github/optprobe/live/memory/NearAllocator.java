package io.github.optprobe.live.memory;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Maps pages within an interval, as near to its middle as there is room, and never over something
 * that is mapped: another thread may map the same place at the same moment, so the kernel is asked
 * to refuse then, and the next place is tried. Not thread-safe.
 */
public final class NearAllocator {
  private static final int PAGE = 4096;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;
  private static final int EEXIST = 17;
  private static final int ENOMEM = 12;
  private static final int EPERM = 1;

  /** Below it an ordinary process maps nothing. */
  private static final long LOWEST = 0x10000;

  private static final long HIGHEST = 0x7FFF_FFFF_EFFFL;

  /** What the main thread's stack may grow into, in bytes; its mapping shows what it has now. */
  private static final long STACK_ROOM = 64 << 20;

  /** The same for the heap that the C library extends. */
  private static final long HEAP_ROOM = 256 << 20;

  private final int protection;
  private final Map<Long, Long> lengths = new HashMap<>();

  /**
   * Creates an allocator.
   *
   * @param protection of the pages, as mmap(2) has it
   */
  public NearAllocator(int protection) {
    this.protection = protection;
  }

  /**
   * Maps pages.
   *
   * @param bytes how many, rounded up to whole pages
   * @return the address of the first; empty if nothing in the interval is free
   * @throws TextException if the system refuses for another reason
   */
  public OptionalLong allocate(int bytes, AddressRange within) {
    long length = (bytes + PAGE - 1L) & -PAGE;
    Optional<AddressRange> usable = within.intersect(new AddressRange(LOWEST, HIGHEST));
    if (usable.isEmpty()) {
      return OptionalLong.empty();
    }
    for (long candidate : candidates(length, bytes, usable.get())) {
      long mapped =
          Libc.mmap(
              candidate, length, protection, MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
      if (mapped == candidate) {
        lengths.put(mapped, length);
        return OptionalLong.of(mapped);
      }
      if (mapped != -1) {
        // A kernel from before 4.17 takes the address for a hint.
        Libc.munmap(mapped, length);
      } else {
        check(candidate, length);
      }
    }
    return OptionalLong.empty();
  }

  private static void check(long candidate, long length) {
    int error = Libc.error();
    if (error != EEXIST && error != EPERM) {
      String why = error == ENOMEM ? "the system has no memory" : "errno " + error;
      throw new TextException(Operation.ALLOCATE, candidate, length, why);
    }
  }

  /** The place nearest to the middle in each gap, the nearest first. */
  private static List<Long> candidates(long length, int bytes, AddressRange within) {
    long middle = within.first() + (within.length() >>> 1);
    List<Long> places = new ArrayList<>();
    long free = LOWEST;
    for (Mapping mapping : MemoryMap.now().all()) {
      boolean stack = mapping.file().equals("[stack]");
      long end = mapping.range().first() - (stack ? STACK_ROOM : 0);
      place(free, end, length, bytes, within, middle, places);
      free = mapping.end() + (mapping.file().equals("[heap]") ? HEAP_ROOM : 0);
      if (free < 0) {
        break;
      }
    }
    if (free > 0) {
      place(free, HIGHEST + 1, length, bytes, within, middle, places);
    }
    places.sort(Comparator.comparingLong(place -> Math.abs(place - middle)));
    return places;
  }

  /** At most one place in the gap from {@code free} to {@code end}. */
  private static void place(
      long free,
      long end,
      long length,
      int bytes,
      AddressRange within,
      long middle,
      List<Long> places) {
    long first = (Math.max(free, within.first()) + PAGE - 1) & -PAGE;
    // Only what was asked for has to lie within; the rest of the last page need not.
    long last = Math.min(end - length, within.last() + 1 - bytes) & -PAGE;
    if (first <= last) {
      places.add(Math.max(first, Math.min(last, middle & -PAGE)));
    }
  }

  /** Whether pages that were mapped here begin at an address. */
  public boolean owns(long address) {
    return lengths.containsKey(address);
  }

  /** What is mapped here. */
  public List<AddressRange> ranges() {
    return lengths.entrySet().stream()
        .map(entry -> AddressRange.ofLength(entry.getKey(), entry.getValue()))
        .toList();
  }

  /**
   * Unmaps pages.
   *
   * @throws TextException if they were not mapped here
   */
  public void free(long address) {
    Long length = lengths.remove(address);
    if (length == null) {
      throw new TextException(Operation.FREE, address, 0, "not allocated, or freed before");
    }
    Libc.munmap(address, length);
  }
}
