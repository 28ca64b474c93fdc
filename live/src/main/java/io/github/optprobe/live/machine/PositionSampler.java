package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;
import io.github.optprobe.live.memory.Mapping;
import io.github.optprobe.live.memory.MemoryMap;
import io.github.optprobe.live.memory.ProcessMemory;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks all threads of this process where they stand: one real-time signal to each, which a few
 * instructions answer. A thread that blocks all signals is looked at from outside while it waits in
 * the kernel. Used by one thread at a time.
 */
final class PositionSampler {
  private static final int RT_TGSIGQUEUEINFO = 297;
  private static final int ESRCH = 3;
  private static final int EAGAIN = 11;
  private static final int SIGINFO_BYTES = 128;
  private static final int SIGINFO_PID = 16;
  private static final int MOST_STACK_BYTES = 8 << 20;

  /** How many samples there can be at once, in address space that costs nothing until used. */
  private static final int MOST_SAMPLES = 4096;

  private static final int MOST_STACKS = 1 << 16;
  private static final int MOST_RANGES = 4096;

  /** A thread that waits in the kernel and has not answered in that time, in ns, blocks signals. */
  private static final long PATIENCE = 100_000_000;

  /** A thread that does not answer in that time, in nanoseconds, is not known. */
  private static final long MOST_PATIENCE = 2_000_000_000;

  private static final long SPIN = 50_000;
  private static final long NAP = 50_000;

  /** One for all samplers of the process: a thread may answer one that is not used any more. */
  private static final DataBlock SAMPLES = DataBlock.allocate(MOST_SAMPLES * Sample.BYTES);

  private static final Deque<Sample> FREE = new ArrayDeque<>();
  private static final Map<Integer, Sample> LATE = new HashMap<>();

  static {
    for (int i = 0; i < MOST_SAMPLES; i++) {
      FREE.add(new Sample(SAMPLES, i * Sample.BYTES));
    }
  }

  private final int signal;
  private final int process = ThreadList.process();
  private final ProcessMemory memory;
  private final DataBlock data;
  private final long signalReturn;
  private final DataBlock stacks = DataBlock.allocate(MOST_STACKS * 16);
  private final DataBlock ranges = DataBlock.allocate(MOST_RANGES * 16);
  private final DataBlock info = DataBlock.allocate(SIGINFO_BYTES);

  /**
   * Creates a sampler.
   *
   * @param signal whose handler is {@link PositionHandler}
   * @param data that handler's
   * @param signalReturn where handlers of signals return to
   */
  PositionSampler(int signal, DataBlock data, ProcessMemory memory, long signalReturn) {
    this.signalReturn = signalReturn;
    data.store(PositionHandler.SIGNAL_RETURN, signalReturn);
    this.signal = signal;
    this.data = data;
    this.memory = memory;
    data.store(PositionHandler.SAMPLES, SAMPLES.address());
    data.store(PositionHandler.SAMPLES_BYTES, SAMPLES.bytes());
    data.store(PositionHandler.RANGES, ranges.address());
    data.store(PositionHandler.STACKS, stacks.address());
  }

  /**
   * Asks every thread but the calling one.
   *
   * @param own memory of ours: addresses in it matter on stacks, but for starts of slots
   * @param texts text that was patched: interrupted program counters matter
   */
  Positions sample(List<AddressRange> own, List<AddressRange> texts) {
    MemoryMap map = MemoryMap.now();
    Round round = new Round(own, texts, map);
    round.askNewThreads();
    while (round.collect()) {
      // Threads that were started by threads that had not been asked yet.
      if (!round.askNewThreads()) {
        break;
      }
    }
    return round.positions();
  }

  private final class Round {
    private final List<AddressRange> own;
    private final List<AddressRange> texts;
    private final MemoryMap map;
    private final Set<Integer> seen = new HashSet<>();
    private final Map<Integer, Sample> asked = new HashMap<>();
    private long[] words = new long[1024];
    private int count;
    private boolean complete = true;

    Round(List<AddressRange> own, List<AddressRange> texts, MemoryMap map) {
      this.own = own;
      this.texts = texts;
      this.map = map;
      seen.add(ThreadList.current());
      LATE.values().removeIf(this::recycleIfDone);
      LATE.entrySet().removeIf(entry -> recycleIfEnded(entry.getKey(), entry.getValue()));
      storeStacks();
      storeRanges();
    }

    private boolean recycleIfDone(Sample sample) {
      boolean done = sample.isDone();
      if (done) {
        FREE.add(sample);
      }
      return done;
    }

    private boolean recycleIfEnded(int thread, Sample sample) {
      boolean ended = !ThreadList.exists(thread);
      if (ended) {
        FREE.add(sample);
      }
      return ended;
    }

    private void storeStacks() {
      int stored = 0;
      for (Mapping mapping : map.all()) {
        if (mapping.writable() && mapping.readable() && stored < MOST_STACKS) {
          stacks.store(stored * 16, mapping.range().first());
          stacks.store(stored * 16 + 8, mapping.end());
          stored++;
        }
      }
      data.store(PositionHandler.STACK_COUNT, stored);
    }

    private void storeRanges() {
      List<AddressRange> all = new ArrayList<>(own);
      all.addAll(texts);
      complete = all.size() < MOST_RANGES;
      long lowest = all.isEmpty() ? 0 : Long.MAX_VALUE;
      long behind = 0;
      int stored = 0;
      for (AddressRange range : all.subList(0, Math.min(all.size(), MOST_RANGES - 1))) {
        ranges.store(stored * 16, range.first());
        ranges.store(stored * 16 + 8, range.length());
        lowest = Math.min(lowest, range.first());
        behind = Math.max(behind, range.last() + 1);
        stored++;
      }
      data.store(PositionHandler.LOWEST, lowest);
      data.store(PositionHandler.SPAN, behind - lowest);
      data.store(PositionHandler.RANGES_END, ranges.address() + stored * 16L);
      data.store(PositionHandler.TEXTS, ranges.address() + own.size() * 16L);
    }

    /** Whether there were any. */
    boolean askNewThreads() {
      boolean any = false;
      for (int thread : ThreadList.all()) {
        if (seen.add(thread)) {
          any = true;
          ask(thread);
        }
      }
      return any;
    }

    private void ask(int thread) {
      if (LATE.containsKey(thread)) {
        lookFromOutside(thread);
        return;
      }
      Sample sample = FREE.poll();
      if (sample == null) {
        complete = false;
        return;
      }
      sample.ask();
      if (send(thread, sample.address())) {
        asked.put(thread, sample);
      } else {
        FREE.add(sample);
      }
    }

    private boolean send(int thread, long value) {
      info.store(0, signal);
      info.store(SignalFrame.CODE, SignalFrame.QUEUED & 0xFFFF_FFFFL);
      info.store(SIGINFO_PID, process);
      info.store(SignalFrame.VALUE, value);
      long result = Libc.syscall(RT_TGSIGQUEUEINFO, process, thread, signal, info.address(), 0, 0);
      if (result == 0) {
        return true;
      }
      int error = Libc.error();
      if (error == EAGAIN) {
        complete = false;
      } else if (error != ESRCH) {
        throw new IllegalStateException(
            "thread %d can not be asked where it stands (errno %d)".formatted(thread, error));
      }
      return false;
    }

    /** Waits for the answers. Whether all threads that were asked are known, or are no more. */
    @SuppressWarnings("ThreadPriorityCheck") // Lets those run that have to answer.
    boolean collect() {
      long start = System.nanoTime();
      while (!asked.isEmpty()) {
        asked.entrySet().removeIf(entry -> isAnswered(entry.getValue()));
        long waited = System.nanoTime() - start;
        if (waited > PATIENCE) {
          asked.entrySet().removeIf(entry -> recycleIfEnded(entry.getKey(), entry.getValue()));
          asked.entrySet().removeIf(entry -> isGivenUp(entry.getKey(), entry.getValue(), waited));
        }
        if (waited > SPIN) {
          LockSupport.parkNanos(NAP);
        } else {
          Thread.yield();
        }
      }
      return complete;
    }

    private boolean isAnswered(Sample sample) {
      if (!sample.isDone()) {
        return false;
      }
      add(sample.programCounter());
      int found = sample.count();
      complete &= found >= 0;
      for (int i = 0; i < found; i++) {
        add(sample.word(i));
      }
      FREE.add(sample);
      return true;
    }

    /** A thread that wants to run, and has no CPU, answers later: its signal is not blocked. */
    private boolean isGivenUp(int thread, Sample sample, long waited) {
      if (waited < MOST_PATIENCE && ThreadList.waitingAt(thread).isEmpty()) {
        return false;
      }
      LATE.put(thread, sample);
      lookFromOutside(thread);
      return true;
    }

    private void lookFromOutside(int thread) {
      long[] place = ThreadList.waitingAt(thread).orElse(null);
      if (place == null) {
        complete &= !ThreadList.exists(thread);
        return;
      }
      add(place[0]);
      long end = map.at(place[1]).map(Mapping::end).orElse(place[1]);
      int bytes = (int) Math.min(MOST_STACK_BYTES, end - place[1]) & -Long.BYTES;
      byte[] stack = new byte[bytes];
      int read = memory.read(place[1], stack, 0, bytes);
      complete &= read == bytes && bytes > 0;
      ByteBuffer there = ByteBuffer.wrap(stack, 0, read).order(ByteOrder.LITTLE_ENDIAN);
      for (int offset = 0; offset + Long.BYTES <= read; offset += Long.BYTES) {
        if (matters(there, offset)) {
          add(there.getLong(offset));
        }
      }
    }

    /** As the handler decides it. */
    private boolean matters(ByteBuffer stack, int offset) {
      long word = stack.getLong(offset);
      int frame = offset - PositionHandler.COUNTER_IN_FRAME;
      boolean inOwn = own.stream().anyMatch(range -> range.contains(word));
      if (inOwn && word % PositionHandler.SLOT_ALIGNMENT != 0) {
        return true;
      }
      return (inOwn || texts.stream().anyMatch(range -> range.contains(word)))
          && frame >= 0
          && stack.getLong(frame) == signalReturn;
    }

    private void add(long word) {
      if (count == words.length) {
        words = Arrays.copyOf(words, 2 * count);
      }
      words[count++] = word;
    }

    Positions positions() {
      return new Positions(Arrays.copyOf(words, count), complete, seen.size());
    }
  }
}
