package io.github.optprobe.internal;

import io.github.optprobe.OptimizerPass;
import io.github.optprobe.text.TextException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Works through the queues in passes: first what is leaving, then what is to become a jump, then
 * the slots that nobody is in any more. Each batch shares its synchronisations and one look at the
 * CPUs, and takes the registry's lock by itself, so that others come in between. Who runs it, and
 * when, is decided elsewhere.
 */
final class Optimizer {
  private final RegistryLock lock;
  private final Batches batches;
  private final WantedText wanted;
  private final WorkQueues queues;
  private final Settler settler;
  private final Patcher patcher;
  private final Quiescence quiescence;
  private final SlotKeeper slots;
  private final Reclaimer reclaimer;
  private final Preparer preparer;
  private final Reporter reporter;

  Optimizer(
      RegistryLock lock,
      Batches batches,
      WantedText wanted,
      WorkQueues queues,
      Settler settler,
      Patcher patcher,
      Quiescence quiescence,
      SlotKeeper slots,
      Reclaimer reclaimer,
      Preparer preparer,
      Reporter reporter) {
    this.lock = lock;
    this.batches = batches;
    this.wanted = wanted;
    this.queues = queues;
    this.settler = settler;
    this.patcher = patcher;
    this.quiescence = quiescence;
    this.slots = slots;
    this.reclaimer = reclaimer;
    this.preparer = preparer;
    this.reporter = reporter;
  }

  boolean hasWork() {
    return queues.hasWork() || slots.hasLeaving();
  }

  /** One pass over all three queues. Called without the lock. */
  OptimizerPass run() {
    Pass pass = new Pass();
    // Restored first: what leaves may be what kept a neighbour from being optimized.
    for (List<Aggregate> batch : batches.of(lock.locked(queues::unoptimizing))) {
      lock.run(() -> pass.restore(batch.stream().filter(queues::isUnoptimizing).toList()));
    }
    for (List<Aggregate> batch : batches.of(lock.locked(queues::optimizing))) {
      lock.run(() -> pass.optimize(batch.stream().filter(queues::isOptimizing).toList()));
    }
    return lock.locked(pass::finish);
  }

  /** Restores whatever waits for it; returns the first failure. Called with the lock. */
  @Nullable TextException restoreAll() {
    Pass pass = new Pass();
    batches.of(queues.unoptimizing()).forEach(pass::restore);
    return pass.restoreFailure;
  }

  /** What one pass has done so far. */
  private final class Pass {
    private int optimized;
    private int unoptimized;
    private int failed;
    private @Nullable TextException restoreFailure;

    void restore(List<Aggregate> batch) {
      if (batch.isEmpty()) {
        return;
      }
      try {
        settler.settle(batch, false);
        unoptimized += batch.size();
        reclaimer.discardIfUnused(batch);
      } catch (TextException failure) {
        restoreFailed(batch, failure);
      }
    }

    /** One bad store must not keep the others where they are. */
    private void restoreFailed(List<Aggregate> batch, TextException failure) {
      if (batch.size() > 1) {
        batch.forEach(probe -> restore(List.of(probe)));
        return;
      }
      failed++;
      restoreFailure = restoreFailure == null ? failure : restoreFailure;
      queues.offer(batch.get(0));
      queues.setStuck(batch.get(0), true);
      reporter.restoreFailed(batch.get(0).address(), failure);
    }

    void optimize(List<Aggregate> batch) {
      List<Aggregate> wantedStill =
          batch.stream().filter(probe -> wanted.at(probe) == TextState.JUMP).toList();
      if (wantedStill.isEmpty()) {
        return;
      }
      try {
        slots.synchronizePublished();
      } catch (TextException failure) {
        wantedStill.forEach(probe -> giveUp(probe, failure));
        return;
      }
      write(quiescence.divertAndCheck(wantedStill));
    }

    private void write(List<Aggregate> free) {
      if (free.isEmpty()) {
        return;
      }
      try {
        patcher.optimize(free);
        free.forEach(queues::offer);
        optimized += free.size();
      } catch (TextException failure) {
        writeFailed(free, failure);
      }
    }

    private void writeFailed(List<Aggregate> batch, TextException failure) {
      if (batch.size() == 1) {
        giveUp(batch.get(0), failure);
        return;
      }
      for (Aggregate probe : batch) {
        if (probe.text() == TextState.BREAKPOINT) {
          // Looked at again: traps were not diverted any more since the batch failed.
          write(quiescence.divertAndCheck(List.of(probe)));
        } else {
          giveUp(probe, failure);
        }
      }
    }

    private void giveUp(Aggregate probe, TextException failure) {
      failed++;
      probe.setDetourRefusal(preparer.storeFailed(probe, failure));
      queues.offer(probe);
      reporter.optimizeFailed(probe.address(), failure);
    }

    OptimizerPass finish() {
      int freed = slots.collect();
      lock.signalChange();
      return new OptimizerPass(optimized, unoptimized, queues.optimizingCount(), failed, freed);
    }
  }
}
