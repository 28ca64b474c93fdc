package io.github.optprobe.benchmarks;

import com.sun.jna.NativeLibrary;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbeState;
import io.github.optprobe.Tier;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.live.LoadedLibrary;
import io.github.optprobe.x86.X86_64;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What it costs to look at the threads when many functions of a library are probed at once. */
final class LiveScan {
  /** How many probes there are. */
  static final int COUNT = 1_000;

  private static final List<String> LIBRARIES =
      List.of("libcrypto.so.3", "libcrypto.so.1.1", "libstdc++.so.6");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final double MILLION = 1e6;

  private final LiveProcess live;

  /** Kept: JNA unloads a library that nobody knows any more. */
  @SuppressWarnings("unused")
  private final NativeLibrary kept;

  private final LoadedLibrary library;
  private final List<Long> places = new ArrayList<>();

  /**
   * What one batch took.
   *
   * @param optimized how many probes are jumps
   * @param looks how often the threads were looked at
   * @param lookMillis how long that took
   * @param millis how long registering and optimizing took in all
   */
  record Batch(long optimized, long looks, double lookMillis, double millis) {}

  private LiveScan(LiveProcess live, String name) {
    this.live = live;
    kept = NativeLibrary.getInstance(name);
    library = live.libraries().named(name).get(0);
  }

  /** Prepares it with the first library that this machine has and that is large enough. */
  static Optional<LiveScan> of(LiveProcess live) {
    for (String name : LIBRARIES) {
      Optional<LiveScan> scan = load(live, name).filter(LiveScan::findPlaces);
      if (scan.isPresent()) {
        return scan;
      }
    }
    return Optional.empty();
  }

  private static Optional<LiveScan> load(LiveProcess live, String name) {
    try {
      return Optional.of(new LiveScan(live, name));
    } catch (UnsatisfiedLinkError absent) {
      return Optional.empty();
    }
  }

  private boolean findPlaces() {
    TreeSet<Long> entries = new TreeSet<>();
    library.exported().forEach(name -> entries.addAll(library.functions().get(name)));
    for (long entry : entries) {
      if (places.size() < COUNT && isOptimizable(entry)) {
        places.add(entry);
      }
    }
    return places.size() == COUNT;
  }

  private boolean isOptimizable(long entry) {
    return live.kprobes().explain(X86_64.at(entry)).verdict(Tier.OPTIMIZED).isAccepted();
  }

  String library() {
    return library.name();
  }

  /** Registers them all, has them optimized, and unregisters them. */
  Batch batch() throws InterruptedException {
    Kprobes kprobes = live.kprobes();
    List<Kprobe> wanted = new ArrayList<>();
    Counter counter = Counter.create();
    places.forEach(at -> wanted.add(Kprobe.at(X86_64.at(at)).preHandler(counter).build()));
    long looks = live.looks();
    Duration lookTime = live.lookTime();
    long start = System.nanoTime();
    List<ProbeHandle> handles = kprobes.registerAll(wanted);
    boolean done = kprobes.awaitOptimizer(PATIENCE);
    double millis = (System.nanoTime() - start) / MILLION;
    Batch batch =
        new Batch(
            handles.stream().filter(each -> each.state() == ProbeState.OPTIMIZED).count(),
            live.looks() - looks,
            live.lookTime().minus(lookTime).toNanos() / MILLION,
            millis);
    kprobes.unregisterAll(handles);
    kprobes.runOptimizer();
    if (!done) {
      throw new IllegalStateException("the optimizer did not come to an end: " + batch);
    }
    return batch;
  }
}
