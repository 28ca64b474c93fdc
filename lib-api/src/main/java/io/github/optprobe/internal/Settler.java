package io.github.optprobe.internal;

import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextException;
import java.util.List;

/**
 * Brings the text at an address to what is wanted there: down to a breakpoint or to the original at
 * once, up to a breakpoint at once, up to a jump by way of the optimizer. After every change all
 * probes whose window could be concerned are looked at again. Used under the registry's lock.
 */
final class Settler {
  private final Neighbours neighbours;
  private final WantedText wanted;
  private final Patcher patcher;
  private final Preparer preparer;
  private final Optimizer optimizer;
  private final Quiescence quiescence;

  Settler(
      Neighbours neighbours,
      WantedText wanted,
      Patcher patcher,
      Preparer preparer,
      Optimizer optimizer,
      Quiescence quiescence) {
    this.neighbours = neighbours;
    this.wanted = wanted;
    this.patcher = patcher;
    this.preparer = preparer;
    this.optimizer = optimizer;
    this.quiescence = quiescence;
  }

  /**
   * Settles the text at the probe.
   *
   * @throws TextException if a store failed; the text is as it was
   */
  void settle(Aggregate probe) {
    prepareDetourIfPermitted(probe);
    TextState goal = wanted.at(probe);
    if (goal == TextState.ORIGINAL) {
      toOriginal(probe);
    } else if (probe.text() == TextState.ORIGINAL || probe.isUnsure()) {
      arm(probe);
    } else if (probe.text() == TextState.JUMP && goal == TextState.BREAKPOINT) {
      patcher.unoptimize(List.of(probe));
    }
    offerAgain(probe);
  }

  /** Has the optimizer look again at the probe and at those whose window covers it. */
  void offerAgain(Aggregate probe) {
    optimizer.offer(probe);
    neighbours.covering(probe.addressValue()).forEach(optimizer::offer);
  }

  /** A store that failed once may succeed now. */
  void forgetFailedStore(Aggregate probe) {
    if (probe.detourRefusal() instanceof Refusal.StoreFailed) {
      probe.setDetourRefusal(null);
    }
  }

  private void prepareDetourIfPermitted(Aggregate probe) {
    boolean open =
        !probe.isUnused()
            && probe.detour() == null
            && probe.detourRefusal() == null
            && wanted.notPermitted(probe).isEmpty();
    if (!open) {
      return;
    }
    try {
      probe.setDetour(preparer.prepareDetour(probe.architecture(), probe.address()));
    } catch (RefusedException refused) {
      probe.setDetourRefusal(refused.refusal());
    } catch (TextException failure) {
      probe.setDetourRefusal(preparer.storeFailed(probe, failure));
    }
  }

  /** A jump over the address must go before a breakpoint can stand there. */
  private void arm(Aggregate probe) {
    List<Aggregate> jumps = jumpsOver(probe);
    if (!jumps.isEmpty()) {
      patcher.unoptimize(jumps);
    }
    try {
      patcher.arm(probe);
    } catch (TextException failure) {
      restoreJumps(jumps, failure);
      throw failure;
    }
  }

  private List<Aggregate> jumpsOver(Aggregate probe) {
    return neighbours.covering(probe.addressValue()).stream()
        .filter(other -> other.text() == TextState.JUMP)
        .toList();
  }

  private void toOriginal(Aggregate probe) {
    boolean jump = probe.text() == TextState.JUMP;
    if (jump) {
      patcher.unoptimize(List.of(probe));
    }
    if (probe.text() == TextState.ORIGINAL) {
      return;
    }
    try {
      patcher.disarm(probe);
    } catch (TextException failure) {
      restoreJumps(jump ? List.of(probe) : List.of(), failure);
      throw failure;
    }
  }

  /**
   * The failed operation is to leave the text as it was, jumps included. A jump whose window a CPU
   * has entered meanwhile is left to the optimizer, which waits.
   */
  private void restoreJumps(List<Aggregate> jumps, TextException failure) {
    if (!PokeSequence.isTextAsBefore(failure)) {
      // A jump must not be written around, or over, something that is not known.
      return;
    }
    List<Aggregate> free = jumps.stream().filter(quiescence::divertAndCheck).toList();
    if (!free.isEmpty()) {
      try {
        patcher.optimize(free);
      } catch (TextException again) {
        failure.addSuppressed(again);
      }
    }
    jumps.forEach(optimizer::offer);
  }
}
