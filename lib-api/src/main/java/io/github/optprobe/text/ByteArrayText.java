package io.github.optprobe.text;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Text in byte arrays: the embedded default, for machine code that nobody is executing while it is
 * patched (a file to be rewritten, an emulator between two runs). Allocations are further arrays at
 * free addresses.
 *
 * <p>Guarantees: every write is atomic, {@link #synchronizeCpus} has nothing to do, every range is
 * quiescent. Thread-safe: every method locks this object.
 */
public final class ByteArrayText implements TextMemory {
  private static final int ALIGNMENT = 4096;

  private final TreeMap<Long, byte[]> mapped = new TreeMap<>(Long::compareUnsigned);
  private final TreeMap<Long, Integer> allocated = new TreeMap<>(Long::compareUnsigned);

  /** What is mapped, up to the end of its page: nothing is allocated from the middle of one. */
  private final CoalescedRanges occupied = new CoalescedRanges();

  /**
   * Text with one mapped range. The array is used itself, not copied: patches show in it.
   *
   * @param base address of {@code code[0]}
   * @throws IllegalArgumentException if {@code code} is empty or would wrap around the address
   *     space
   */
  public static ByteArrayText at(long base, byte[] code) {
    ByteArrayText text = new ByteArrayText();
    text.map(base, code);
    return text;
  }

  private ByteArrayText() {}

  /**
   * Maps a further range. The array is used itself, not copied.
   *
   * @return this
   * @throws IllegalArgumentException if {@code code} is empty, wraps around, or overlaps what is
   *     mapped
   */
  public synchronized ByteArrayText map(long base, byte[] code) {
    AddressRange range = AddressRange.ofLength(base, code.length);
    if (highestIn(range).isPresent()) {
      throw new IllegalArgumentException("overlaps mapped text: " + range);
    }
    addMapping(base, code);
    return this;
  }

  private void addMapping(long base, byte[] code) {
    mapped.put(base, code);
    occupied.add(toPageEnd(base, code.length));
  }

  private static AddressRange toPageEnd(long base, int bytes) {
    return new AddressRange(base, (base + bytes - 1) | (ALIGNMENT - 1));
  }

  @Override
  public synchronized int read(long address, byte[] into, int offset, int length) {
    int done = 0;
    // The top of the address space is an end, not a neighbour of address 0.
    while (done < length && (done == 0 || address + done != 0)) {
      Map.Entry<Long, byte[]> entry = mapped.floorEntry(address + done);
      long at = entry == null ? -1 : address + done - entry.getKey();
      if (entry == null || at < 0 || at >= entry.getValue().length) {
        break;
      }
      int count = (int) Math.min(length - done, entry.getValue().length - at);
      System.arraycopy(entry.getValue(), (int) at, into, offset + done, count);
      done += count;
    }
    return done;
  }

  @Override
  public synchronized void write(long address, byte[] bytes) {
    // All or nothing, although the contract asks for less: the check is cheap here.
    if (read(address, new byte[bytes.length], 0, bytes.length) != bytes.length) {
      throw new TextException(
          TextException.Operation.WRITE, address, bytes.length, "not all of it is mapped");
    }
    int done = 0;
    while (done < bytes.length) {
      Map.Entry<Long, byte[]> entry = mapped.floorEntry(address + done);
      int at = (int) (address + done - entry.getKey());
      int count = Math.min(bytes.length - done, entry.getValue().length - at);
      System.arraycopy(bytes, done, entry.getValue(), at, count);
      done += count;
    }
  }

  @Override
  public int atomicStoreBytes() {
    return 16;
  }

  @Override
  public void synchronizeCpus() {}

  /** Takes the free place nearest to the middle of the interval, which is nearest to the text. */
  @Override
  public synchronized OptionalLong allocate(int bytes, AddressRange within) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("allocate at least one byte: " + bytes);
    }
    // Not from the length, which is 0 for the whole address space.
    long lastOffset = within.last() - within.first();
    long middle = within.first() + (lastOffset >>> 1) + (lastOffset & 1);
    OptionalLong above = searchUpwards(alignUp(middle), bytes, within);
    OptionalLong below = searchDownwards(highestStart(middle, bytes, within), bytes, within);
    OptionalLong best = nearer(middle, below, above);
    if (best.isPresent()) {
      addMapping(best.getAsLong(), new byte[bytes]);
      allocated.put(best.getAsLong(), bytes);
    }
    return best;
  }

  @Override
  public synchronized void free(long address) {
    Integer bytes = allocated.remove(address);
    if (bytes == null) {
      throw new TextException(TextException.Operation.FREE, address, 0, "was not allocated");
    }
    mapped.remove(address);
    // What was mapped into the rest of its last page stays.
    AddressRange free = toPageEnd(address, bytes);
    Long next = mapped.ceilingKey(address);
    boolean shared = next != null && free.contains(next);
    occupied.remove(shared ? new AddressRange(address, next - 1) : free);
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return true;
  }

  /** How many allocations have not been given back. */
  public synchronized int liveAllocations() {
    return allocated.size();
  }

  /**
   * The highest aligned start, not above {@code middle}, from which it ends inside the interval.
   */
  private static long highestStart(long middle, int bytes, AddressRange within) {
    long latest = within.last() - (bytes - 1);
    return alignDown(Long.compareUnsigned(latest, middle) < 0 ? latest : middle);
  }

  private OptionalLong searchUpwards(long from, int bytes, AddressRange within) {
    long candidate = from;
    while (fits(candidate, bytes, within)) {
      Optional<AddressRange> obstacle = occupied.highestIn(AddressRange.ofLength(candidate, bytes));
      if (obstacle.isEmpty()) {
        return OptionalLong.of(candidate);
      }
      long next = alignUp(obstacle.get().last() + 1);
      if (Long.compareUnsigned(next, candidate) <= 0) {
        return OptionalLong.empty();
      }
      candidate = next;
    }
    return OptionalLong.empty();
  }

  private OptionalLong searchDownwards(long from, int bytes, AddressRange within) {
    long candidate = from;
    while (fits(candidate, bytes, within)) {
      Optional<AddressRange> obstacle = occupied.highestIn(AddressRange.ofLength(candidate, bytes));
      if (obstacle.isEmpty()) {
        return OptionalLong.of(candidate);
      }
      long start = obstacle.get().first();
      if (Long.compareUnsigned(start, bytes) < 0) {
        return OptionalLong.empty();
      }
      candidate = alignDown(start - bytes);
    }
    return OptionalLong.empty();
  }

  /** Page 0 stays free, as everywhere: a null pointer must not lead into a slot. */
  private static boolean fits(long address, int bytes, AddressRange within) {
    long last = address + bytes - 1;
    return Long.compareUnsigned(address, ALIGNMENT) >= 0
        && Long.compareUnsigned(last, address) >= 0
        && within.contains(address)
        && within.contains(last);
  }

  private static OptionalLong nearer(long to, OptionalLong below, OptionalLong above) {
    if (below.isEmpty() || above.isEmpty()) {
      return below.isPresent() ? below : above;
    }
    boolean up = above.getAsLong() - to <= to - below.getAsLong();
    return up ? above : below;
  }

  /** The highest mapping that overlaps the range. */
  private Optional<AddressRange> highestIn(AddressRange range) {
    Map.Entry<Long, byte[]> entry = mapped.floorEntry(range.last());
    if (entry == null) {
      return Optional.empty();
    }
    AddressRange there = AddressRange.ofLength(entry.getKey(), entry.getValue().length);
    return there.overlaps(range) ? Optional.of(there) : Optional.empty();
  }

  private static long alignUp(long address) {
    return (address + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private static long alignDown(long address) {
    return address & -ALIGNMENT;
  }
}
