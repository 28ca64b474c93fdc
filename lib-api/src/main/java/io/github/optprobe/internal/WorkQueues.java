package io.github.optprobe.internal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What waits for the optimizer: addresses that are to become jumps, and addresses that are to get
 * their original text back. An address is in at most one queue, in the one that its text and the
 * wanted text put it into, and both are looked at again whenever either may have changed. The third
 * queue, of slots to be freed, is {@link SlotKeeper}'s. Used under the registry's lock.
 */
final class WorkQueues {
  private final WantedText wanted;
  private final Set<Aggregate> optimizing = new LinkedHashSet<>();
  private final Set<Aggregate> unoptimizing = new LinkedHashSet<>();
  private int stuck;

  WorkQueues(WantedText wanted) {
    this.wanted = wanted;
  }

  /** Puts the address into the queue that it belongs to now, if any. */
  void offer(Aggregate probe) {
    TextState goal = wanted.at(probe);
    boolean toJump = probe.text() == TextState.BREAKPOINT && goal == TextState.JUMP;
    // To a breakpoint only if writing a jump failed and could not be taken back.
    boolean down = probe.text().compareTo(goal) > 0;
    put(optimizing, probe, toJump);
    put(unoptimizing, probe, down);
    if (!down) {
      setStuck(probe, false);
    }
  }

  private static void put(Set<Aggregate> queue, Aggregate probe, boolean belongs) {
    if (belongs) {
      queue.add(probe);
    } else {
      queue.remove(probe);
    }
  }

  /** Takes the address out of every queue. */
  void forget(Aggregate probe) {
    optimizing.remove(probe);
    unoptimizing.remove(probe);
    setStuck(probe, false);
  }

  /**
   * Restoring it failed: it is tried again whenever the optimizer runs, but is no reason to run it.
   */
  void setStuck(Aggregate probe, boolean now) {
    if (probe.isStuck() != now) {
      probe.setStuck(now);
      stuck += now ? 1 : -1;
    }
  }

  List<Aggregate> optimizing() {
    return List.copyOf(optimizing);
  }

  List<Aggregate> unoptimizing() {
    return List.copyOf(unoptimizing);
  }

  boolean isOptimizing(Aggregate probe) {
    return optimizing.contains(probe);
  }

  boolean isUnoptimizing(Aggregate probe) {
    return unoptimizing.contains(probe);
  }

  int optimizingCount() {
    return optimizing.size();
  }

  int unoptimizingCount() {
    return unoptimizing.size();
  }

  /** Whether nothing waits, stuck or not. */
  boolean isEmpty() {
    return optimizing.isEmpty() && unoptimizing.isEmpty();
  }

  /** Whether there is anything that running the optimizer is likely to change. */
  boolean hasWork() {
    return !optimizing.isEmpty() || unoptimizing.size() > stuck;
  }
}
