package io.github.optprobe.live;

import java.util.Arrays;

/** What a {@link Recorder} kept of one hit. Immutable and thread-safe. */
public final class Sample {
  private final long ticks;
  private final long thread;
  private final long[] values;

  /** Takes the array over. */
  Sample(long ticks, long thread, long... values) {
    this.ticks = ticks;
    this.thread = thread;
    this.values = values;
  }

  /**
   * When it was, in ticks of the CPU's time-stamp counter. On a host that is not x86-64, of {@link
   * System#nanoTime}.
   */
  public long ticks() {
    return ticks;
  }

  /**
   * Which thread it was: its thread pointer (the word at fs:0). It tells threads apart that live at
   * the same time, and says nothing else; a thread that ends may leave it to another. On a host
   * that is not x86-64 the number of the Java thread.
   */
  public long thread() {
    return thread;
  }

  /**
   * The value of one of the recorder's operands.
   *
   * @param index which, from 0 on
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public long value(int index) {
    return values[index];
  }

  /** The values of all operands, a copy. */
  public long[] values() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sample sample
        && ticks == sample.ticks
        && thread == sample.thread
        && Arrays.equals(values, sample.values);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(ticks) * 31 + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Sample[%d, thread 0x%x:".formatted(ticks, thread));
    for (long value : values) {
      text.append(" 0x").append(Long.toHexString(value));
    }
    return text.append(']').toString();
  }
}
