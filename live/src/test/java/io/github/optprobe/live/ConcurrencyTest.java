package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Kprobe;
import io.github.optprobe.live.handler.Shards;
import io.github.optprobe.live.memory.HostThread;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many threads in the same code at once. */
class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int RUNS = 1_000_000;
  private static final Operand RBX = Operand.register("rbx");
  private static final Operand RSI = Operand.register("rsi");
  private static final Operand RDX = Operand.register("rdx");

  private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

  @BeforeEach
  void it_runs_here() {
    NativeCode.assumeItRunsHere();
  }

  @AfterEach
  void tear_down() {
    executor.shutdownNow();
  }

  /** Each thread has its number, times 2^32, as the argument. */
  private List<Future<?>> start(Loop loop) {
    List<Future<?>> threads = new ArrayList<>();
    for (long thread = 0; thread < THREADS; thread++) {
      long argument = thread << 32;
      threads.add(executor.submit(() -> loop.run(RUNS, argument)));
    }
    return threads;
  }

  private static void join(List<Future<?>> threads) throws Exception {
    for (Future<?> thread : threads) {
      thread.get();
    }
  }

  @Test
  void every_hit_counts() throws Exception {
    Counter counter = Counter.create();
    Histogram histogram = Histogram.of(RBX);
    Counter passed = Counter.create();
    Filtered filter = Filtered.when(Condition.atMost(RBX, RUNS / 4), passed);
    join(start(new Loop(counter, histogram, filter)));

    assertThat(counter.sum()).isEqualTo((long) THREADS * RUNS);
    assertThat(histogram.count()).isEqualTo((long) THREADS * RUNS);
    for (int bucket = 1; bucket < 20; bucket++) { // those that RUNS, less than 2^20, fills
      assertThat(histogram.buckets()[bucket]).isEqualTo(THREADS * (1L << (bucket - 1)));
    }
    assertThat(filter.passed()).isEqualTo(THREADS * (RUNS / 4)).isEqualTo(passed.sum());
    assertThat(filter.rejected()).isEqualTo((long) THREADS * RUNS - filter.passed());
  }

  @Test
  void a_reset_loses_no_hit() throws Exception {
    Counter counter = Counter.create();
    Counter reference = Counter.create();
    List<Future<?>> threads = start(new Loop(counter, reference));
    counter.reset();
    join(threads);
    assertThat(counter.sum()).isBetween(0L, reference.sum());
    counter.reset();
    assertThat(counter.sum()).isZero();
    assertThat(reference.sum()).isEqualTo((long) THREADS * RUNS);
  }

  @Test
  void a_sample_is_whole_and_comes_once() throws Exception {
    Recorder recorder = Recorder.of(4096, RBX, RSI, RDX);
    Samples samples = new Samples();
    List<Future<?>> threads = start(new Loop(recorder));
    while (!threads.stream().allMatch(Future::isDone)) {
      recorder.drain(samples::take);
    }
    join(threads);
    recorder.drain(samples::take);
    assertThat(recorder.recorded()).isEqualTo(samples.count).isGreaterThanOrEqualTo(4096);
    assertThat(recorder.hits()).isEqualTo((long) THREADS * RUNS);
    assertThat(recorder.drain()).isEmpty();
  }

  /** Readers and a writer in Java among writers in machine code. */
  @Test
  void readers_share_and_java_may_write() throws Exception {
    Recorder recorder = Recorder.of(256, RBX, RSI, RDX);
    Samples samples = new Samples();
    Loop loop = new Loop(recorder);
    List<Future<?>> threads = new ArrayList<>();
    for (long thread = 0; thread < 3; thread++) {
      long argument = thread << 32;
      threads.add(executor.submit(() -> loop.run(RUNS, argument)));
    }
    threads.add(executor.submit(() -> interpret(recorder, 3L << 32)));
    for (int reader = 0; reader < 3; reader++) {
      threads.add(executor.submit(() -> drainAll(recorder, 3L * RUNS + 1000, samples)));
    }
    join(threads);
    recorder.drain(samples::take);
    assertThat(recorder.recorded()).isEqualTo(samples.count);
    assertThat(recorder.hits()).isEqualTo(3L * RUNS + 1000);
  }

  /** Of nine threads two have the same of eight rings; it has room for all that they record. */
  @Test
  void two_threads_in_one_ring_lose_nothing() throws Exception {
    Recorder recorder = Recorder.of(1 << 19, RBX, RSI, RDX);
    Samples samples = new Samples();
    Loop loop = new Loop(recorder);
    Map<Integer, ExecutorService> rings = new HashMap<>();
    List<ExecutorService> pair = List.of();
    List<ExecutorService> all = new ArrayList<>();
    while (pair.isEmpty()) {
      ExecutorService thread = Executors.newSingleThreadExecutor();
      all.add(thread);
      ExecutorService other = rings.put(thread.submit(ConcurrencyTest::ring).get(), thread);
      pair = other == null ? List.of() : List.of(thread, other);
    }
    CyclicBarrier start = new CyclicBarrier(2);
    List<Future<?>> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      long argument = (long) i << 32;
      threads.add(pair.get(i).submit(() -> await(start, () -> loop.run(1 << 18, argument))));
    }
    join(threads);
    all.forEach(ExecutorService::shutdown);
    recorder.drain(samples::take);
    assertThat(all).hasSizeLessThanOrEqualTo(RingLayout.RINGS + 1);
    assertThat(recorder.dropped()).isZero();
    assertThat(samples.count).isEqualTo(1 << 19).isEqualTo(recorder.recorded());
  }

  private static int ring() {
    return Shards.threadHash(HostThread.pointer(), RingLayout.LOG_RINGS);
  }

  private static @Nullable Void await(CyclicBarrier start, Runnable work) throws Exception {
    start.await();
    work.run();
    return null;
  }

  private static void interpret(Recorder recorder, long argument) {
    Kprobe probe = Kprobe.at("here").build();
    for (int i = 1000; i > 0; i--) {
      recorder.handle(
          probe, Values.zeros().with("rbx", i).with("rsi", argument).with("rdx", i + argument));
    }
  }

  private static void drainAll(Recorder recorder, long hits, Samples samples) {
    while (recorder.hits() < hits) {
      recorder.drain(samples::take);
    }
  }

  /** What was drained; the recorder's lock keeps threads apart. */
  private static final class Samples {
    private final Map<Long, BitSet> seen = new HashMap<>();
    private final Map<Long, Set<Long>> threads = new HashMap<>();
    private final Map<Long, Long> latest = new HashMap<>();
    private long count;

    /** A thread counts down, in its own ring, and time does not go back for it. */
    void take(Sample sample) {
      long run = sample.value(0);
      long argument = sample.value(1);
      check(sample.value(2) == run + argument, "torn", sample);
      check(run >= 1 && run <= RUNS && argument >>> 32 < THREADS, "no such run", sample);
      BitSet runs = seen.computeIfAbsent(argument, key -> new BitSet());
      check(!runs.get((int) run), "twice", sample);
      check(runs.nextSetBit(0) < 0 || runs.nextSetBit(0) > run, "out of order", sample);
      runs.set((int) run);
      check(latest.merge(argument, sample.ticks(), Math::max) == sample.ticks(), "late", sample);
      Set<Long> pointers = threads.computeIfAbsent(argument, key -> new HashSet<>());
      pointers.add(sample.thread());
      check(pointers.size() == 1, "two threads", sample);
      count++;
    }

    private static void check(boolean holds, String what, Sample sample) {
      if (!holds) {
        throw new AssertionError(what + ": " + sample);
      }
    }
  }
}
