package io.github.optprobe.live;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Needs;
import io.github.optprobe.live.handler.Shards;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.HostThread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Keeps of each hit the time, the thread and the values of operands, for Java to read later. The
 * samples lie in ring buffers; threads are spread over {@value RingLayout#RINGS} of them by a hash.
 * A hit takes no lock. It never overwrites what was not read: if the thread's ring is full, the
 * sample is dropped, and counted as such.
 *
 * <p>A thread that is interrupted between reserving its place and completing its sample delays the
 * readers of its ring, and no one else, until it goes on; what stands behind in the ring is read
 * later. One that never goes on (its process's other threads do, but it is ended from outside, or
 * leaves a signal handler by longjmp) ends the reading of its ring: when the ring is full, its
 * threads drop all. Operands in memory are read once before a place is reserved, so that one that
 * is not there does not do this.
 */
public final class Recorder extends MachineHandler {
  private final List<Operand> operands;
  private final RingLayout layout;
  private final DataBlock block;
  private final List<Ring> rings;

  private Recorder(RingLayout layout, List<Operand> operands) {
    this.operands = operands;
    this.layout = layout;
    block = layout.allocate();
    rings =
        IntStream.range(0, RingLayout.RINGS)
            .mapToObj(index -> new Ring(block, layout, index))
            .toList();
  }

  /**
   * Makes an empty recorder. Its memory is that of {@value RingLayout#RINGS} rings, taken from the
   * system page by page as samples come.
   *
   * @param capacity how many samples that nobody has read a ring can hold, positive; rounded up to
   *     a power of two
   * @param operands what to keep of a hit besides time and thread
   * @throws IllegalArgumentException if the capacity is not positive, or all together is 2 GiB or
   *     more
   */
  public static Recorder of(int capacity, Operand... operands) {
    return new Recorder(RingLayout.of(capacity, operands.length), List.of(operands));
  }

  /** Takes out what is there, in the order of time. */
  public List<Sample> drain() {
    List<Sample> samples = new ArrayList<>();
    drain(samples::add);
    samples.sort(Comparator.comparingLong(sample -> sample.ticks() ^ Long.MIN_VALUE));
    return samples;
  }

  /**
   * Takes out what is there when it is called, sample for sample, ring by ring, each ring in the
   * order in which places were reserved. Other readers wait meanwhile; hits do not.
   *
   * @param consumer called with each sample when it was taken out; if it throws, the samples that
   *     follow stay
   */
  public void drain(Consumer<? super Sample> consumer) {
    synchronized (rings) {
      rings.forEach(ring -> drain(ring, consumer));
    }
  }

  private static void drain(Ring ring, Consumer<? super Sample> consumer) {
    long limit = ring.tail();
    Optional<Sample> sample = ring.take(limit);
    while (sample.isPresent()) {
      consumer.accept(sample.get());
      sample = ring.take(limit);
    }
  }

  /** How many samples were dropped because their ring was full. */
  public long dropped() {
    return sum(Ring::dropped);
  }

  /** How many samples were kept, whether read or not; among them those being written. */
  public long recorded() {
    return sum(Ring::tail);
  }

  /** How many samples a ring can hold. */
  public int capacity() {
    return layout.capacity();
  }

  @Override
  public long hits() {
    return recorded() + dropped();
  }

  @Override
  HandlerOutcome run(Kprobe probe, Registers registers) {
    long[] values = operands.stream().mapToLong(operand -> operand.read(registers)).toArray();
    Sample sample = new Sample(HostThread.ticks(), HostThread.pointer(), values);
    rings.get(Shards.threadHash(sample.thread(), RingLayout.LOG_RINGS)).write(sample);
    return HandlerOutcome.CONTINUE;
  }

  @Override
  Needs needs() {
    return operands.stream().map(Operand::needs).reduce(new Needs(true, false), Needs::and);
  }

  @Override
  void emit(Frame frame) {
    new RecorderCode(frame, layout, operands).emit(block.address());
  }

  private long sum(ToLongFunction<Ring> property) {
    return rings.stream().mapToLong(property).sum();
  }

  @Override
  public String toString() {
    return "Recorder[%d samples of %s, %d dropped]".formatted(recorded(), operands, dropped());
  }
}
