package io.github.optprobe.internal;

import io.github.optprobe.HitRouter;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.TextException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Brings the text at addresses to what is wanted there: down to a breakpoint or to the original at
 * once (or, if it may be done lazily, by way of the optimizer), up to a breakpoint at once, up to a
 * jump by way of the optimizer. After every change all probes whose window could be concerned are
 * looked at again. Used under the registry's lock.
 */
final class Settler {
  private final Neighbours neighbours;
  private final WantedText wanted;
  private final Preparer preparer;
  private final WorkQueues queues;
  private final SlotKeeper slots;
  private final Reporter reporter;
  private final HitRouter router;
  private final Supplier<PatchTransaction> transactions;

  Settler(
      Neighbours neighbours,
      WantedText wanted,
      Preparer preparer,
      WorkQueues queues,
      SlotKeeper slots,
      Reporter reporter,
      HitRouter router,
      Supplier<PatchTransaction> transactions) {
    this.neighbours = neighbours;
    this.wanted = wanted;
    this.preparer = preparer;
    this.queues = queues;
    this.slots = slots;
    this.reporter = reporter;
    this.router = router;
    this.transactions = transactions;
  }

  /**
   * Settles the text at some addresses, all or none.
   *
   * @param lazily whether a jump that nobody wants may stay until the optimizer runs
   * @throws TextException if a store failed; the text is as it was
   */
  void settle(Collection<Aggregate> probes, boolean lazily) {
    probes.forEach(this::prepareDetourIfPermitted);
    Moves moves = new Moves();
    for (Aggregate probe : probes) {
      moves.add(probe, Movement.from(probe.text(), wanted.at(probe), lazily));
    }
    moves.make();
    probes.forEach(this::offerAgain);
  }

  /** Has the optimizer look again at the probe and at those whose window covers it. */
  void offerAgain(Aggregate probe) {
    queues.offer(probe);
    neighbours.covering(probe.addressValue()).forEach(queues::offer);
  }

  /** A store that failed once may succeed now, and text that was not there may be there. */
  void forgetPassingRefusal(Aggregate probe) {
    Refusal refusal = probe.detourRefusal();
    if (refusal instanceof Refusal.StoreFailed || refusal instanceof Refusal.Unmapped) {
      probe.setDetourRefusal(null);
    }
  }

  private void prepareDetourIfPermitted(Aggregate probe) {
    boolean open =
        !probe.isUnused()
            && probe.detour() == null
            && probe.detourRefusal() == null
            && wanted.isPermitted(probe);
    if (open) {
      prepareDetour(probe);
    }
  }

  private void prepareDetour(Aggregate probe) {
    try {
      PreparedDetour detour = preparer.prepareDetour(probe.architecture(), probe.address());
      route(detour);
      probe.setDetour(detour);
    } catch (RefusedException refused) {
      refuse(probe, refused.refusal());
    } catch (TextException failure) {
      refuse(probe, preparer.storeFailed(probe, failure));
    }
  }

  private void route(PreparedDetour detour) {
    boolean routed = false;
    try {
      router.prepared(detour);
      routed = true;
    } finally {
      if (!routed) {
        slots.discard(detour);
      }
    }
  }

  private void refuse(Aggregate probe, Refusal refusal) {
    probe.setDetourRefusal(refusal);
    reporter.notOptimized(probe.address(), refusal);
  }

  /** What has to be done to the text, by kind. */
  private final class Moves {
    private final Set<Aggregate> fromJump = new LinkedHashSet<>();
    private final List<Aggregate> toOriginal = new ArrayList<>();
    private final List<Aggregate> toBreakpoint = new ArrayList<>();

    void add(Aggregate probe, Movement movement) {
      switch (movement) {
        case ARM -> arm(probe);
        case DISARM -> toOriginal.add(probe);
        case UNOPTIMIZE -> fromJump.add(probe);
        case RESTORE -> {
          fromJump.add(probe);
          toOriginal.add(probe);
        }
        case STAY, QUEUE_JUMP -> {
          if (probe.isUnsure()) {
            arm(probe);
          }
        }
        case QUEUE_RESTORE -> {}
      }
    }

    /** A jump over the address must go before a breakpoint can stand there. */
    private void arm(Aggregate probe) {
      toBreakpoint.add(probe);
      for (Aggregate other : neighbours.covering(probe.addressValue())) {
        if (other.text() == TextState.JUMP) {
          fromJump.add(other);
        }
      }
    }

    void make() {
      if (fromJump.isEmpty() && toOriginal.isEmpty() && toBreakpoint.isEmpty()) {
        return;
      }
      PatchTransaction transaction = transactions.get();
      try {
        transaction.unoptimize(fromJump);
        transaction.disarm(toOriginal);
        slots.synchronizePublished();
        transaction.arm(toBreakpoint);
      } catch (TextException failure) {
        transaction.takeBack(failure);
        throw failure;
      } finally {
        fromJump.forEach(queues::offer);
      }
    }
  }
}
