package io.github.optprobe.testkit.execute;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Maps what a run touches and is not there, and records it: a run that faults is begun anew with
 * the page mapped, filled with what depends on its address alone. So that any code can be executed
 * from any registers, twice with the same result. Not thread-safe.
 */
public final class DemandMemory implements AutoCloseable {
  private static final int PAGE_BYTES = 4096;

  private final Executor executor;
  private final long seed;
  private final int most;
  private final List<AddressRange> pages = new ArrayList<>();

  /**
   * Creates it, with nothing mapped.
   *
   * @param seed what pages are filled with
   * @param most how many pages it maps at most; a run that wants more keeps its fault
   */
  public DemandMemory(Executor executor, long seed, int most) {
    this.executor = executor;
    this.seed = seed;
    this.most = most;
  }

  /**
   * Runs from a state, with memory mapped as the run wants it.
   *
   * @param restore puts the caller's own memory into its start state; called before each attempt
   */
  public Ending run(MachineState state, Runnable restore) {
    MachineState start = state.copy();
    while (true) {
      restore.run();
      pages.forEach(this::fill);
      state.set(start);
      Ending end = executor.run(state);
      if (end.kind() != Ending.Kind.DATA || !mapFor(end.address())) {
        return end;
      }
    }
  }

  /** Fills what was mapped, as it was before anything ran. */
  public void restore() {
    pages.forEach(this::fill);
  }

  /** What was mapped, in the order in which it was wanted. */
  public List<AddressRange> pages() {
    return List.copyOf(pages);
  }

  /** An access may begin in a page that is there and end in the next. */
  private boolean mapFor(long address) {
    return map(address) || map(address + PAGE_BYTES / 2);
  }

  private boolean map(long address) {
    AddressRange page = AddressRange.ofLength(address & -PAGE_BYTES, PAGE_BYTES);
    boolean possible =
        executor.architecture().instructionSet().addresses().contains(page) && page.first() != 0;
    if (!possible || pages.size() >= most || executor.isMapped(address)) {
      return false;
    }
    try {
      executor.map(page, Protection.READ_WRITE);
    } catch (IllegalArgumentException notThere) {
      // The machine has no memory there (a kernel's half, an address that is none): it stays so.
      return false;
    }
    pages.add(page);
    return true;
  }

  private void fill(AddressRange page) {
    byte[] content = new byte[PAGE_BYTES];
    new SplittableRandom(seed ^ page.first()).nextBytes(content);
    executor.write(page.first(), content);
  }

  /** Unmaps it all. */
  @Override
  public void close() {
    pages.forEach(executor::unmap);
    pages.clear();
  }
}
