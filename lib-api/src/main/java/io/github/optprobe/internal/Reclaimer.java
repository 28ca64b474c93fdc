package io.github.optprobe.internal;

import io.github.optprobe.HitRouter;
import io.github.optprobe.arch.PreparedDetour;
import java.util.Collection;

/**
 * Takes addresses out of the registry once no probe is there and their text is the original one.
 * Driven by that alone, not by flags, so that nothing is freed twice or forgotten. Used under the
 * registry's lock.
 */
final class Reclaimer {
  /** So many that looking at the CPUs does not count, so few that what waits stays small. */
  private static final int COLLECT_AFTER = 1024;

  private final Neighbours neighbours;
  private final ProbeTable table;
  private final WorkQueues queues;
  private final SlotKeeper slots;
  private final HitRouter router;

  Reclaimer(
      Neighbours neighbours,
      ProbeTable table,
      WorkQueues queues,
      SlotKeeper slots,
      HitRouter router) {
    this.neighbours = neighbours;
    this.table = table;
    this.queues = queues;
    this.slots = slots;
    this.router = router;
  }

  /** Does so with many; frees slots in between, so that they do not pile up. */
  void discardIfUnused(Collection<Aggregate> probes) {
    int discarded = 0;
    for (Aggregate probe : probes) {
      discardIfUnused(probe);
      discarded++;
      if (discarded % COLLECT_AFTER == 0) {
        slots.collect();
      }
    }
  }

  void discardIfUnused(Aggregate probe) {
    boolean known = neighbours.at(probe.addressValue()) == probe;
    if (known && probe.isUnused() && probe.text() == TextState.ORIGINAL) {
      discard(probe);
    }
  }

  /** Takes the address out, whatever its text: for text that is gone. */
  void discard(Aggregate probe) {
    queues.forget(probe);
    neighbours.remove(probe);
    table.remove(probe);
    router.removed(probe.address());
    slots.retire(probe.prepared().copy());
    PreparedDetour detour = probe.detour();
    if (detour != null) {
      slots.retire(detour);
    }
  }
}
