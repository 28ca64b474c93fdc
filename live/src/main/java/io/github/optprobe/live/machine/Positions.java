package io.github.optprobe.live.machine;

import io.github.optprobe.text.AddressRange;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * Where all threads of this process stood, each at some moment, and what was on their stacks.
 * Immutable.
 */
public final class Positions {
  private final long[] places;
  private final boolean complete;
  private final int threads;

  /**
   * Takes what was seen.
   *
   * @param seen program counters and words of stacks, in any order
   * @param complete whether every thread was seen, with all of its stack
   * @param threads how many were asked
   */
  Positions(long[] seen, boolean complete, int threads) {
    places = seen.clone();
    Arrays.sort(places);
    this.complete = complete;
    this.threads = threads;
  }

  /** The same, with more places. */
  public Positions and(long[] more) {
    long[] both = Arrays.copyOf(places, places.length + more.length);
    System.arraycopy(more, 0, both, places.length, more.length);
    return new Positions(both, complete, threads);
  }

  /**
   * The same, with more places for each place that leads there.
   *
   * @param leadsTo where code at an address goes on, or 0
   */
  public Positions with(LongUnaryOperator leadsTo) {
    long[] more = new long[2 * places.length];
    int count = places.length;
    System.arraycopy(places, 0, more, 0, count);
    for (long place : places) {
      long next = leadsTo.applyAsLong(place);
      if (next != 0) {
        more[count++] = next;
      }
    }
    return new Positions(Arrays.copyOf(more, count), complete, threads);
  }

  /** Whether no thread stands in a range, nor will return into it, as far as can be told. */
  public boolean isFree(AddressRange range) {
    if (!complete) {
      return false;
    }
    int index = Arrays.binarySearch(places, range.first());
    if (index >= 0) {
      return false;
    }
    int above = -index - 1;
    return above == places.length || Long.compareUnsigned(places[above], range.last()) > 0;
  }

  /** Whether every thread was seen. */
  public boolean isComplete() {
    return complete;
  }

  /** How many threads were asked. */
  public int threads() {
    return threads;
  }
}
