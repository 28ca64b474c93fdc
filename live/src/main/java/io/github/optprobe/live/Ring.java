package io.github.optprobe.live;

import io.github.optprobe.live.memory.DataBlock;
import java.util.Optional;

/**
 * Java's side of one ring: a writer among those in machine code, and the reader, of which there may
 * be one at a time.
 */
final class Ring {
  private final DataBlock block;
  private final RingLayout layout;
  private final int start;

  Ring(DataBlock block, RingLayout layout, int index) {
    this.block = block;
    this.layout = layout;
    start = index * layout.stride();
  }

  /** How many samples writers reserved so far. */
  long tail() {
    return block.load(start + RingLayout.TAIL);
  }

  long head() {
    return block.load(start + RingLayout.HEAD);
  }

  long dropped() {
    return block.load(start + RingLayout.DROPPED);
  }

  /** Writes a sample, or counts it as dropped. */
  void write(Sample sample) {
    long number = tail();
    while (number - head() < layout.capacity()) {
      if (block.compareAndSet(start + RingLayout.TAIL, number, number + 1)) {
        publish(number, sample);
        return;
      }
      number = tail();
    }
    block.getAndAdd(start + RingLayout.DROPPED, 1);
  }

  private void publish(long number, Sample sample) {
    int entry = start + layout.entry(number);
    block.store(entry + RingLayout.THREAD, sample.thread());
    block.store(entry + RingLayout.TICKS, sample.ticks());
    for (int i = 0; i < layout.values(); i++) {
      block.store(entry + RingLayout.VALUES + i * Long.BYTES, sample.value(i));
    }
    block.store(entry + RingLayout.SEQUENCE, number + 1);
  }

  /** Takes the next sample out, if it is complete and its number below a limit. */
  Optional<Sample> take(long limit) {
    long number = head();
    int entry = start + layout.entry(number);
    if (number >= limit || block.load(entry + RingLayout.SEQUENCE) != number + 1) {
      return Optional.empty();
    }
    Sample sample = read(entry);
    block.store(start + RingLayout.HEAD, number + 1);
    return Optional.of(sample);
  }

  private Sample read(int entry) {
    long[] values = new long[layout.values()];
    for (int i = 0; i < values.length; i++) {
      values[i] = block.load(entry + RingLayout.VALUES + i * Long.BYTES);
    }
    return new Sample(
        block.load(entry + RingLayout.TICKS), block.load(entry + RingLayout.THREAD), values);
  }
}
