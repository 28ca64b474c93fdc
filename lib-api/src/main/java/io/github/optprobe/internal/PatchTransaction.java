package io.github.optprobe.internal;

import io.github.optprobe.text.TextException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several steps of patching that succeed together or are taken back together. Each step is cut into
 * batches; what has been done is taken back in reverse order. Used under the registry's lock.
 */
final class PatchTransaction {
  private final Patcher patcher;
  private final Quiescence quiescence;
  private final Batches batches;
  private final Deque<Consumer<TextException>> undo = new ArrayDeque<>();

  PatchTransaction(Patcher patcher, Quiescence quiescence, Batches batches) {
    this.patcher = patcher;
    this.quiescence = quiescence;
    this.batches = batches;
  }

  void unoptimize(Collection<Aggregate> probes) {
    step(probes, patcher::unoptimize, this::restoreJumps);
  }

  void disarm(Collection<Aggregate> probes) {
    step(probes, patcher::disarm, (done, failure) -> again(patcher::arm, done, failure));
  }

  void arm(Collection<Aggregate> probes) {
    step(probes, patcher::arm, (done, failure) -> again(patcher::disarm, done, failure));
  }

  private void step(Collection<Aggregate> probes, Consumer<List<Aggregate>> change, Undo back) {
    for (List<Aggregate> batch : batches.of(List.copyOf(probes))) {
      change.accept(batch);
      undo.push(failure -> back.apply(batch, failure));
    }
  }

  /**
   * Takes back what was done, as far as that succeeds.
   *
   * @param failure what made it necessary; what fails now is noted in it
   */
  void takeBack(TextException failure) {
    undo.forEach(each -> each.accept(failure));
  }

  /**
   * The failed operation is to leave the text as it was, jumps included. A jump whose window a CPU
   * has entered meanwhile is left to the optimizer, which waits.
   */
  private void restoreJumps(List<Aggregate> jumps, TextException failure) {
    if (!failure.isTextAsBefore()) {
      // A jump must not be written around, or over, something that is not known.
      return;
    }
    List<Aggregate> free = quiescence.divertAndCheck(jumps);
    if (!free.isEmpty()) {
      again(patcher::optimize, free, failure);
    }
  }

  private static void again(
      Consumer<List<Aggregate>> change, List<Aggregate> probes, TextException failure) {
    try {
      change.accept(probes);
    } catch (TextException second) {
      failure.notTakenBack(second);
    }
  }

  private interface Undo {
    void apply(List<Aggregate> done, TextException failure);
  }
}
