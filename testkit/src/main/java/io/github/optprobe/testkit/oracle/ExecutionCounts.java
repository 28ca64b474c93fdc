package io.github.optprobe.testkit.oracle;

import io.github.optprobe.testkit.emulator.Trace;
import java.util.Arrays;

/** How often each address was executed. Immutable. */
public final class ExecutionCounts {
  private final long[] sorted;

  private ExecutionCounts(long[] addresses) {
    sorted = addresses;
    Arrays.sort(sorted);
  }

  /** Counts a trace. */
  public static ExecutionCounts of(Trace trace) {
    return new ExecutionCounts(trace.addresses());
  }

  /** Counts a path. */
  public static ExecutionCounts of(Path path) {
    return new ExecutionCounts(path.addresses());
  }

  /** How often an address was executed. */
  public long count(long address) {
    return lowerBound(address + 1) - (long) lowerBound(address);
  }

  /** The addresses that were executed at least once, ascending (as signed numbers). */
  public long[] addresses() {
    return Arrays.stream(sorted).distinct().toArray();
  }

  private int lowerBound(long address) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
