package io.github.optprobe.live.stress;

import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeCounters;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.LiveProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Patches all functions of a shape and restores them, again and again, under load. */
final class Cycles {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_ACTIVE = 512;

  private final LiveProcess live;
  private final StressLibrary library;
  private final int threads;
  private final long callsAtOnce;

  Cycles(LiveProcess live, StressLibrary library, int threads, long callsAtOnce) {
    this.live = live;
    this.library = library;
    this.threads = threads;
    this.callsAtOnce = callsAtOnce;
  }

  /** What is done in one round, to all functions of a shape. */
  @FunctionalInterface
  private interface Round {
    /** Returns how often patience was over. */
    int run() throws InterruptedException;
  }

  /** Jumps are written and taken out; the breakpoints below them stay. */
  Outcome optimizing(Shape shape, Handling handling, long rounds) throws InterruptedException {
    LongAdder javaHits = new LongAdder();
    Counter counter = Counter.create();
    List<Probe> probes = probes(shape, handling, counter, javaHits);
    Kprobes kprobes = live.kprobes();
    kprobes.setOptimizing(false);
    List<ProbeHandle> handles = kprobes.registerAll(probes);
    try {
      Outcome outcome =
          run(shape, "optimize " + handling, rounds, () -> turnOn(kprobes) + turnOff(kprobes));
      return withHits(outcome, counter.sum() + javaHits.sum());
    } finally {
      remove(kprobes, handles);
      kprobes.setOptimizing(true);
    }
  }

  private static int turnOn(Kprobes kprobes) throws InterruptedException {
    kprobes.setOptimizing(true);
    return kprobes.awaitOptimizer(PATIENCE) ? 0 : 1;
  }

  private static int turnOff(Kprobes kprobes) throws InterruptedException {
    kprobes.setOptimizing(false);
    return kprobes.awaitOptimizer(PATIENCE) ? 0 : 1;
  }

  /** Probes are registered, become jumps, and are unregistered. */
  Outcome registering(Shape shape, Handling handling, long rounds) throws InterruptedException {
    LongAdder javaHits = new LongAdder();
    Counter counter = Counter.create();
    List<Probe> probes = probes(shape, handling, counter, javaHits);
    Outcome outcome = run(shape, "register " + handling, rounds, () -> comeAndGo(probes));
    return withHits(outcome, counter.sum() + javaHits.sum());
  }

  /** The same with return probes. */
  Outcome returning(Shape shape, long rounds) throws InterruptedException {
    LongAdder returns = new LongAdder();
    List<Probe> probes = new ArrayList<>();
    for (int i = 0; i < library.count(); i++) {
      probes.add(
          Kretprobe.at(library.place(shape, i))
              .maxActive(MOST_ACTIVE)
              .returnHandler((instance, registers) -> returns.increment())
              .build());
    }
    Outcome outcome = run(shape, "return", rounds, () -> comeAndGo(probes));
    return withHits(outcome, returns.sum());
  }

  private int comeAndGo(List<Probe> probes) throws InterruptedException {
    Kprobes kprobes = live.kprobes();
    List<ProbeHandle> handles = kprobes.registerAll(probes);
    int unfinished = kprobes.awaitOptimizer(PATIENCE) ? 0 : 1;
    return unfinished + remove(kprobes, handles);
  }

  private static int remove(Kprobes kprobes, List<ProbeHandle> handles)
      throws InterruptedException {
    kprobes.unregisterAll(handles);
    return kprobes.awaitOptimizer(PATIENCE) ? 0 : 1;
  }

  private List<Probe> probes(Shape shape, Handling handling, Counter counter, LongAdder hits) {
    List<Probe> probes = new ArrayList<>();
    for (int i = 0; i < library.count(); i++) {
      Kprobe.Builder probe = Kprobe.at(library.place(shape, i));
      probes.add(
          handling == Handling.COUNTER
              ? probe.preHandler(counter).build()
              : probe.onHit(registers -> hits.increment()).build());
    }
    return probes;
  }

  private Outcome run(Shape shape, String what, long rounds, Round round)
      throws InterruptedException {
    Hammer hammer = new Hammer(library, shape, threads, callsAtOnce);
    ProbeCounters before = live.kprobes().counters();
    long start = System.nanoTime();
    long unfinished = 0;
    try {
      for (long i = 0; i < rounds; i++) {
        unfinished += round.run();
      }
    } finally {
      hammer.close();
    }
    ProbeCounters after = live.kprobes().counters();
    return new Outcome(
        what + " " + shape,
        rounds * library.count(),
        after.optimizedTotal() - before.optimizedTotal(),
        after.unoptimizedTotal() - before.unoptimizedTotal(),
        unfinished,
        hammer.calls(),
        hammer.wrong(),
        0,
        hammer.collections(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  private static Outcome withHits(Outcome of, long hits) {
    return new Outcome(
        of.what(),
        of.cycles(),
        of.written(),
        of.removed(),
        of.unfinished(),
        of.calls(),
        of.wrong(),
        hits,
        of.collections(),
        of.time());
  }
}
