package io.github.optprobe.testkit.emulator;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/**
 * The instructions that a target executed while this was open, in order. Tracing costs about a
 * thousand times what running costs: open it for what has to be seen.
 *
 * <p>Not thread-safe: used on the thread that runs the target. Obtained from {@link
 * EmulatedTarget#trace()}.
 */
public final class Trace implements AutoCloseable {
  private static final int INITIAL_ENTRIES = 4096;

  private final Runnable onClose;
  private long[] addresses = new long[INITIAL_ENTRIES];
  private final BitSet trapped = new BitSet();
  private final BitSet replaced = new BitSet();
  private int size;
  private boolean closed;

  /** What became of an instruction. */
  public enum Kind {
    /** It was executed. */
    EXECUTED,
    /** It was a breakpoint; what stands for the original instruction comes later in the trace. */
    TRAPPED,
    /**
     * It was a breakpoint, and execution went on outside of any slot: the original instruction's
     * effect was computed, or a handler took over.
     */
    REPLACED
  }

  Trace(Runnable onClose) {
    this.onClose = onClose;
  }

  /** How many instructions there are. */
  public int size() {
    return size;
  }

  /**
   * The address of an instruction.
   *
   * @param index its place, from 0
   * @throws IndexOutOfBoundsException if there are fewer
   */
  public long address(int index) {
    return addresses[checked(index)];
  }

  /**
   * What became of an instruction.
   *
   * @param index its place, from 0
   * @throws IndexOutOfBoundsException if there are fewer
   */
  public Kind kind(int index) {
    int place = checked(index);
    if (trapped.get(place)) {
      return Kind.TRAPPED;
    }
    return replaced.get(place) ? Kind.REPLACED : Kind.EXECUTED;
  }

  /** All addresses, a copy. */
  public long[] addresses() {
    return Arrays.copyOf(addresses, size);
  }

  /** Stops tracing; what was traced stays. Closing again does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onClose.run();
    }
  }

  void add(long address) {
    if (size == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * size);
    }
    addresses[size++] = address;
  }

  /** The last instruction was a breakpoint, and execution goes on in a slot, or there again. */
  void lastTrapped() {
    if (size > 0) {
      trapped.set(size - 1);
    }
  }

  /** The last instruction was a breakpoint, and execution goes on elsewhere. */
  void lastReplaced() {
    if (size > 0) {
      replaced.set(size - 1);
    }
  }

  private int checked(int index) {
    return Objects.checkIndex(index, size);
  }
}
