package io.github.optprobe.live;

import io.github.optprobe.Kprobes;
import io.github.optprobe.live.machine.Machinery;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.ProcessMemory;
import io.github.optprobe.x86.X86_64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The threads that have come to the gate. Thread-safe. */
final class LiveCpus implements GateFunction {
  private static final System.Logger LOG = System.getLogger("io.github.optprobe");
  private static final int LOOK_FOR_ENDED = 32;
  private static final int DEPTH = 8;

  private final Machinery machinery;
  private final ProcessMemory memory;
  private final X86_64 architecture;
  private final LiveRouter router;

  @SuppressWarnings("ThreadLocalUsage") // One process is open at a time, and each has its own.
  private final ThreadLocal<@Nullable LiveThread> current = new ThreadLocal<>();

  private final List<LiveThread> all = new CopyOnWriteArrayList<>();
  private volatile @Nullable Kprobes kprobes;

  LiveCpus(Machinery machinery, ProcessMemory memory, X86_64 architecture, LiveRouter router) {
    this.machinery = machinery;
    this.memory = memory;
    this.architecture = architecture;
    this.router = router;
  }

  void setKprobes(Kprobes registry) {
    kprobes = registry;
  }

  Kprobes kprobes() {
    Kprobes registry = kprobes;
    if (registry == null) {
      throw new IllegalStateException("no registry yet");
    }
    return registry;
  }

  Machinery machinery() {
    return machinery;
  }

  ProcessMemory memory() {
    return memory;
  }

  X86_64 architecture() {
    return architecture;
  }

  LiveRouter router() {
    return router;
  }

  @Override
  public long hit(long address, long frame, long kind, long record) {
    try {
      LiveThread thread = current.get();
      return (thread == null ? enter(record) : thread).hit(address, frame, kind);
    } catch (Throwable failure) {
      // What runs on below is machine code, which knows no exceptions.
      report(address, failure);
      return 0;
    }
  }

  private static void report(long address, Throwable failure) {
    try {
      LOG.log(
          System.Logger.Level.ERROR,
          () -> "a hit at 0x%x could not be handled".formatted(address),
          failure);
    } catch (Throwable noMemory) {
      // Nothing can be said any more; the probed program goes on.
      return;
    }
  }

  private LiveThread enter(long record) {
    // Whoever had this record before may have ended in the middle of a hit.
    DataBlock.at(record, 2 * Long.BYTES).store(DEPTH, 1);
    LiveThread thread = new LiveThread(this);
    current.set(thread);
    all.add(thread);
    if (all.size() % LOOK_FOR_ENDED == 0) {
      all.removeIf(LiveThread::isOver);
    }
    return thread;
  }

  /** The calling thread's; null if it never came to the gate. */
  @Nullable LiveThread current() {
    return current.get();
  }

  /** Tells where threads are about to go on, and where the calling one will return to. */
  void places(LongConsumer seen) {
    all.forEach(thread -> thread.destinations(seen));
    LiveThread mine = current.get();
    if (mine != null) {
      mine.standing(seen);
    }
  }
}
