package io.github.optprobe.internal;

import io.github.optprobe.text.TextException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Throws the switches that concern all probes: the text follows before it returns or, if a store
 * fails, stays, and so does the switch. Used under the registry's lock.
 */
final class Switchboard {
  private final Switches switches;
  private final Neighbours neighbours;
  private final Settler settler;
  private final Reclaimer reclaimer;

  Switchboard(Switches switches, Neighbours neighbours, Settler settler, Reclaimer reclaimer) {
    this.switches = switches;
    this.neighbours = neighbours;
    this.settler = settler;
    this.reclaimer = reclaimer;
  }

  /**
   * Arms or disarms all probes.
   *
   * @throws TextException if a store failed; the text is as it was
   */
  void setArmed(boolean armed) {
    if (switches.isArmed() != armed) {
      change(switches::setArmed, armed);
    }
  }

  /**
   * Has probes optimized, or takes all jumps out.
   *
   * @throws TextException if a store failed; the text is as it was
   */
  void setOptimizing(boolean optimizing) {
    if (switches.isOptimizing() != optimizing) {
      change(switches::setOptimizing, optimizing);
    }
  }

  private void change(Consumer<Boolean> position, boolean now) {
    position.accept(now);
    List<Aggregate> all = List.copyOf(neighbours.all());
    boolean done = false;
    try {
      settler.settle(all, false);
      done = true;
    } finally {
      if (!done) {
        position.accept(!now);
        all.forEach(settler::offerAgain);
      }
      reclaimer.discardIfUnused(all);
    }
  }
}
