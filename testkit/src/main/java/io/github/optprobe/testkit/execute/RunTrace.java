package io.github.optprobe.testkit.execute;

import io.github.optprobe.text.AddressRange;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Where a run went. Immutable.
 *
 * @param executed the addresses of the instructions, in order; the first few thousand
 * @param loaded what was loaded, in order, where the executor can tell
 * @param end how it ended
 */
@SuppressWarnings("ArrayRecordComponent") // Addresses by the thousand; copied on the way in.
public record RunTrace(long[] executed, List<AddressRange> loaded, Ending end) {
  /** Creates a trace. */
  public RunTrace {
    executed = executed.clone();
    loaded = List.copyOf(loaded);
  }

  /** Whether something in a range was loaded. */
  public boolean loads(AddressRange range) {
    return loaded.stream().anyMatch(range::overlaps);
  }

  /** How often an instruction at an address was executed. */
  public long timesAt(long address) {
    return Arrays.stream(executed).filter(each -> each == address).count();
  }

  /**
   * Whether a range was entered from outside elsewhere than at its start, or executed at an address
   * that is no start of an instruction there.
   *
   * @param isBoundary whether an instruction starts at an address of the range
   */
  public boolean entersInside(AddressRange range, LongPredicate isBoundary) {
    boolean inside = false;
    for (long each : executed) {
      boolean now = range.contains(each);
      if (now && each != range.first() && (!inside || !isBoundary.test(each))) {
        return true;
      }
      inside = now;
    }
    return false;
  }
}
