package io.github.optprobe.internal;

import io.github.optprobe.OptimizerPass;
import io.github.optprobe.text.TextException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The queue of probes that are to become jumps, and the pass that works through it. Used under the
 * registry's lock; who calls it, and when, is decided elsewhere.
 */
final class Optimizer {
  private final Preparer preparer;
  private final WantedText wanted;
  private final Patcher patcher;
  private final Quiescence quiescence;
  private final SlotKeeper slots;
  private final Reporter reporter;
  private final Set<Aggregate> queue = new LinkedHashSet<>();

  Optimizer(
      Preparer preparer,
      WantedText wanted,
      Patcher patcher,
      Quiescence quiescence,
      SlotKeeper slots,
      Reporter reporter) {
    this.preparer = preparer;
    this.wanted = wanted;
    this.patcher = patcher;
    this.quiescence = quiescence;
    this.slots = slots;
    this.reporter = reporter;
  }

  /** Queues the probe if a jump is wanted there and not written, and takes it off if not. */
  void offer(Aggregate probe) {
    if (probe.text() == TextState.BREAKPOINT && wanted.at(probe) == TextState.JUMP) {
      queue.add(probe);
    } else {
      queue.remove(probe);
    }
  }

  void forget(Aggregate probe) {
    queue.remove(probe);
  }

  boolean hasWork() {
    return !queue.isEmpty() || slots.hasLeaving();
  }

  /** One pass: a batch of jumps with shared synchronisations, then the slots of those that left. */
  OptimizerPass run() {
    int queued = queue.size();
    int failed = optimize(free(List.copyOf(queue)));
    int optimized = queued - queue.size() - failed;
    int freed = slots.collect();
    return new OptimizerPass(optimized, queue.size(), failed, freed);
  }

  /** Those whose jumps may be written now; traps there go into their buffers from here on. */
  private List<Aggregate> free(List<Aggregate> probes) {
    return probes.stream()
        .filter(probe -> wanted.at(probe) == TextState.JUMP && quiescence.divertAndCheck(probe))
        .toList();
  }

  /** Returns how many failed. */
  private int optimize(List<Aggregate> batch) {
    if (batch.isEmpty()) {
      return 0;
    }
    try {
      patcher.optimize(batch);
      batch.forEach(queue::remove);
      return 0;
    } catch (TextException failure) {
      return batch.size() == 1 ? giveUp(batch.get(0), failure) : oneByOne(batch, failure);
    }
  }

  /** One bad store must not keep the others slow. */
  private int oneByOne(List<Aggregate> batch, TextException failure) {
    int failed = 0;
    for (Aggregate probe : batch) {
      boolean armed = probe.text() == TextState.BREAKPOINT;
      // Looked at again: traps were not diverted any more since the batch failed.
      failed += armed ? optimize(free(List.of(probe))) : giveUp(probe, failure);
    }
    return failed;
  }

  private int giveUp(Aggregate probe, TextException failure) {
    queue.remove(probe);
    probe.setDetourRefusal(preparer.storeFailed(probe, failure));
    reporter.optimizeFailed(probe.address(), failure);
    return 1;
  }
}
