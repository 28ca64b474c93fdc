package io.github.optprobe.testkit.trial;

import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The memory of an {@link Executor} as the text that a registry patches. The CPU stands still
 * whenever this is called, so it is quiescent wherever it does not stand. Not thread-safe.
 */
public final class ExecutorText implements TextMemory {
  private static final int PAGE_BYTES = 4096;
  private static final int NEAR = 0x1_0000;
  private static final int MOST_TRIES = 1 << 16;

  private final Executor executor;
  private final TreeMap<Long, AddressRange> allocated = new TreeMap<>();
  private AddressRange standing = AddressRange.ofLength(0, 1);

  /** The text of what is mapped in an executor. */
  public ExecutorText(Executor executor) {
    this.executor = executor;
  }

  /** Says where the CPU stands. */
  void standsAt(long address) {
    standing = AddressRange.ofLength(address, 1);
  }

  /** How many pieces of memory have not been given back. */
  public int liveAllocations() {
    return allocated.size();
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int done = 0;
    while (done < length && executor.isMapped(address + done)) {
      byte[] one = new byte[1];
      executor.read(address + done, one);
      into[offset + done] = one[0];
      done++;
    }
    return done;
  }

  @Override
  public void write(long address, byte[] bytes) {
    executor.write(address, bytes);
  }

  @Override
  public int atomicStoreBytes() {
    return Long.BYTES;
  }

  /** The CPU stands still, and sees what was written when it goes on. */
  @Override
  public void synchronizeCpus() {}

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes must be positive: " + bytes);
    }
    long whole = (bytes + PAGE_BYTES - 1L) & -PAGE_BYTES;
    long from = startIn(within, whole) & -PAGE_BYTES;
    for (int i = 0; i < MOST_TRIES; i++) {
      long candidate = from + (i % 2 == 0 ? 1 : -1) * (i / 2 + 1L) * PAGE_BYTES;
      AddressRange pages = new AddressRange(candidate, candidate + whole - 1);
      if (isFree(pages, within)) {
        executor.map(pages, Protection.READ_EXECUTE);
        allocated.put(candidate, pages);
        return OptionalLong.of(candidate);
      }
    }
    return OptionalLong.empty();
  }

  /** Near other code where that is possible: not every address is one for every machine. */
  private static long startIn(AddressRange within, long bytes) {
    long wanted = Playground.SUBJECT + NEAR;
    if (within.contains(wanted)) {
      return wanted;
    }
    return Long.compareUnsigned(wanted, within.first()) < 0
        ? within.first() + PAGE_BYTES
        : within.last() - bytes;
  }

  private boolean isFree(AddressRange pages, AddressRange within) {
    for (long page = pages.first(); pages.contains(page); page += PAGE_BYTES) {
      if (executor.isMapped(page)) {
        return false;
      }
    }
    return within.contains(pages) && pages.first() != 0;
  }

  @Override
  public void free(long address) {
    AddressRange pages = allocated.remove(address);
    if (pages == null) {
      throw new TextException(TextException.Operation.FREE, address, 0, "was not allocated");
    }
    executor.unmap(pages);
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return !range.overlaps(standing);
  }
}
