package io.github.optprobe.live;

import io.github.optprobe.live.machine.Machinery;
import io.github.optprobe.live.machine.Positions;
import io.github.optprobe.live.memory.Libc;
import io.github.optprobe.live.memory.Mapping;
import io.github.optprobe.live.memory.MemoryMap;
import io.github.optprobe.live.memory.NearAllocator;
import io.github.optprobe.live.memory.ProcessMemory;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The text of this process. Read are mappings that nobody may write: code, and constants. Stores of
 * one byte are atomic; wider ones are made by the kernel, which promises nothing. All CPUs are
 * synchronised by the expedited sync-core command of membarrier(2). Memory for slots is readable
 * and executable, and writable at no time where the mem file can be used.
 */
final class LiveText implements TextMemory {
  private static final int MEMBARRIER = 324;
  private static final int REGISTER_SYNC_CORE = 64;
  private static final int SYNC_CORE = 32;
  private static final int PROT_READ_EXECUTE = 5;

  private final ProcessMemory memory;
  private final Machinery machinery;
  private final NearAllocator allocator = new NearAllocator(PROT_READ_EXECUTE);
  private final Object refreshing = new Object();
  private final Set<AddressRange> patched = new LinkedHashSet<>();
  private Looks looks = Looks.NONE;
  private volatile MemoryMap map = MemoryMap.now();

  /** Whether slots were mapped or unmapped since. Reading the map anew for each costs too much. */
  private volatile boolean mapIsOld;

  private long samples;
  private long sampleNanos;

  LiveText(ProcessMemory memory, Machinery machinery) {
    this.memory = memory;
    this.machinery = machinery;
  }

  /**
   * Prepares the process for synchronising its CPUs.
   *
   * @throws UnsupportedOperationException if the kernel can not
   */
  static void requireSynchronisation() {
    if (Libc.syscall(MEMBARRIER, REGISTER_SYNC_CORE, 0, 0, 0, 0, 0) != 0) {
      throw new UnsupportedOperationException(
          "the kernel can not synchronise the cores of a process: membarrier(2) with SYNC_CORE"
              + " (Linux 4.16, errno %d)".formatted(Libc.error()));
    }
  }

  /** Sets who is told of each look at the threads, and adds to it what only it knows. */
  void setLooks(Looks newLooks) {
    looks = newLooks;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int constant = constantBytes(address, length);
    return constant == 0 ? 0 : memory.read(address, into, offset, constant);
  }

  /** How many bytes from an address on are mapped and nobody may write them. */
  private int constantBytes(long address, int length) {
    if (mapIsOld) {
      refresh();
    }
    int known = constantBytes(map, address, length);
    if (known < length) {
      refresh();
      known = constantBytes(map, address, length);
    }
    return known;
  }

  /** One at a time: of two that are read, the newer one must stay. */
  private void refresh() {
    synchronized (refreshing) {
      mapIsOld = false;
      map = MemoryMap.now();
    }
  }

  private static int constantBytes(MemoryMap map, long address, int length) {
    long at = address;
    long end = address + length;
    while (at < end) {
      Mapping mapping = map.at(at).orElse(null);
      if (mapping == null || mapping.writable() || !mapping.readable()) {
        break;
      }
      at = mapping.end();
    }
    return (int) (Math.min(at, end) - address);
  }

  @Override
  public void write(long address, byte[] bytes) {
    if (constantBytes(address, bytes.length) < bytes.length) {
      throw new TextException(
          Operation.WRITE, address, bytes.length, "not all of it is mapped as text");
    }
    notePatched(address);
    memory.write(address, bytes);
  }

  /** Addresses in what was ever patched matter on stacks: a thread may come back into a window. */
  private void notePatched(long address) {
    synchronized (patched) {
      if (patched.stream().anyMatch(range -> range.contains(address))) {
        return;
      }
      map.at(address).map(Mapping::range).ifPresent(patched::add);
    }
  }

  @Override
  public int atomicStoreBytes() {
    return 1;
  }

  @Override
  public void synchronizeCpus() {
    if (Libc.syscall(MEMBARRIER, SYNC_CORE, 0, 0, 0, 0, 0) != 0) {
      throw new TextException(Operation.SYNCHRONIZE, 0, 0, "membarrier(2), errno " + Libc.error());
    }
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    synchronized (allocator) {
      OptionalLong address = allocator.allocate(bytes, within);
      mapIsOld = true;
      return address;
    }
  }

  @Override
  public void free(long address) {
    synchronized (allocator) {
      allocator.free(address);
      mapIsOld = true;
    }
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return quiescence().test(range);
  }

  @Override
  public Predicate<AddressRange> quiescence() {
    return look()::isFree;
  }

  /** Asks all threads where they stand. */
  synchronized Positions look() {
    long start = System.nanoTime();
    List<AddressRange> own;
    synchronized (allocator) {
      own = List.copyOf(allocator.ranges());
    }
    List<AddressRange> texts;
    synchronized (patched) {
      texts = patched.stream().filter(range -> !own.contains(range)).toList();
    }
    looks.begin();
    Positions seen = looks.complete(machinery.sample(own, texts));
    samples++;
    sampleNanos += System.nanoTime() - start;
    looks.end(seen);
    return seen;
  }

  /** How often threads were asked where they stand. */
  synchronized long samples() {
    return samples;
  }

  /** How long that took in all, in nanoseconds. */
  synchronized long sampleNanos() {
    return sampleNanos;
  }
}
