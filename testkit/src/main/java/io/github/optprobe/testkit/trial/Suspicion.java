package io.github.optprobe.testkit.trial;

import io.github.optprobe.Tier;
import io.github.optprobe.testkit.execute.Deviations;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.execute.RunTrace;
import io.github.optprobe.testkit.execute.StateDiff;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * Looks at a run that came out different: whether it is one that no probe can be right about. Asked
 * only then, because looking costs a thousand times what a run costs.
 */
final class Suspicion {
  /** A buffer saves no more than this below the stack pointer, in bytes. */
  private static final int MOST_SAVED = 1024;

  /** More than any code that is tried is long, in bytes. */
  private static final int NEAR = 64;

  private static final int MOST_STEPS = 200;
  private static final int PAGE_BYTES = 4096;
  private static final int WIDEST_STORE = 16;

  /** A loop of so many rounds, each of which calls the gate, takes longer than there is time. */
  private static final int MANY_ROUNDS = 300;

  private final Executor executor;
  private final Playground playground;
  private final Deviations deviations;
  private final int redZone;
  private final LongPredicate isSlot;

  Suspicion(Executor executor, Playground playground, int redZone, LongPredicate isSlot) {
    this.isSlot = isSlot;
    this.redZone = redZone;
    deviations = executor.deviations();
    this.executor = executor;
    this.playground = playground;
  }

  /**
   * The reason not to compare a run, if there is one. The text must be the original's.
   *
   * @param patched the bytes that the probe overwrites
   */
  Optional<Exclusion> about(
      Subject subject,
      Way way,
      Outcome original,
      Ending probed,
      StateDiff diff,
      AddressRange patched) {
    if (deviations.concern(subject.lines(), way.tier(), original.end())) {
      return Optional.of(Exclusion.EXECUTOR_DEVIATES);
    }
    playground.restore();
    RunTrace trace = executor.trace(original.start().copy());
    // What it loaded from a slot, such as where the gate is, may have led it as well.
    boolean calls = original.end().kind() == Ending.Kind.GATE;
    if (calls || LongStream.of(trace.executed()).anyMatch(isSlot)) {
      return Optional.of(Exclusion.ENTERS_SLOTS);
    }
    if (isBetweenWords(subject, trace)) {
      return Optional.of(Exclusion.EXECUTOR_DEVIATES);
    }
    boolean loops = trace.timesAt(patched.first()) > MANY_ROUNDS;
    if (probed.kind() == Ending.Kind.LIMIT && loops) {
      return Optional.of(Exclusion.LOOPS);
    }
    if (trace.loads(patched)) {
      return Optional.of(Exclusion.READS_WINDOW);
    }
    if (trace.entersInside(patched, subject.scan()::isBoundary)) {
      return Optional.of(Exclusion.ENTERS_WINDOW);
    }
    long live = original.start().stackPointer() - redZone;
    if (trace.loads(new AddressRange(live - MOST_SAVED, live - 1)) || readsDeadStack(original)) {
      return Optional.of(Exclusion.READS_DEAD_STACK);
    }
    List<Long> stacks = new ArrayList<>();
    if (!agreesWithItself(original, stacks)) {
      return Optional.of(Exclusion.EXECUTOR_UNSURE);
    }
    // Where it ended may be far behind the last step that was looked at.
    stacks.add(original.state().stackPointer());
    boolean noStack =
        probed.kind() == Ending.Kind.DATA
            && stacks.stream().anyMatch(sp -> isBelowOrAt(probed.address(), sp));
    if (noStack && way.tier() != Tier.EMULATED) {
      return Optional.of(Exclusion.LEAVES_STACK);
    }
    if (way.tier() == Tier.EMULATED && isAtPageEnd(original, diff)) {
      return Optional.of(Exclusion.EXECUTOR_DEVIATES);
    }
    return isDeadBelow(stacks, diff) ? Optional.of(Exclusion.WRITES_DEAD_STACK) : Optional.empty();
  }

  /** Of a store across the end of what is mapped, an emulator does the part that is. */
  private static boolean isAtPageEnd(Outcome original, StateDiff diff) {
    return original.end().kind() == Ending.Kind.DATA
        && !diff.isEmpty()
        && diff.rows().stream()
            .allMatch(
                row ->
                    row.address().isPresent()
                        && PAGE_BYTES - row.address().getAsLong() % PAGE_BYTES < WIDEST_STORE);
  }

  /** Whether all that differs lies below where the stack pointer was led to on the way. */
  private boolean isDeadBelow(List<Long> stacks, StateDiff diff) {
    return !diff.isEmpty()
        && diff.rows().stream()
            .allMatch(
                row ->
                    row.address().isPresent()
                        && stacks.stream().anyMatch(sp -> isBelow(row.address().getAsLong(), sp)));
  }

  private static boolean isBelowOrAt(long address, long stackPointer) {
    long distance = stackPointer - address;
    return distance >= 0 && distance < MOST_SAVED;
  }

  private boolean isBelow(long address, long stackPointer) {
    long distance = stackPointer - address;
    return distance > redZone && distance < MOST_SAVED;
  }

  /** The original again, one instruction at a time. */
  private boolean agreesWithItself(Outcome original, List<Long> stacks) {
    playground.restore();
    MachineState state = original.start().copy();
    Ending end = Ending.of(Ending.Kind.STEP);
    for (int i = 0; i < MOST_STEPS && end.kind() == Ending.Kind.STEP; i++) {
      long before = state.stackPointer();
      end = executor.step(state);
      stacks.add(state.stackPointer());
      boolean calls = state.stackPointer() < before && !isNear(original, state.programCounter());
      if (calls) {
        // What is below is the callee's, who finds nothing there yet.
        stacks.add(state.stackPointer() + redZone);
      }
    }
    return end.kind() == Ending.Kind.STEP || (end.isLike(original.end()) && same(state, original));
  }

  /** ARM leaves open what a branch to A32 code between words does; an emulator just goes there. */
  private boolean isBetweenWords(Subject subject, RunTrace trace) {
    boolean aligned = executor.architecture().instructionSet().alignment() > 1;
    return aligned
        && LongStream.of(trace.executed())
            .anyMatch(each -> each % Integer.BYTES != 0 && !subject.body().contains(each));
  }

  private static boolean isNear(Outcome original, long address) {
    return Math.abs(address - original.start().programCounter()) < NEAR;
  }

  private boolean same(MachineState again, Outcome original) {
    for (int i = 0; i < again.file().size(); i++) {
      long meant = executor.meantBits(i, original.end());
      if (((again.get(i) ^ original.state().get(i)) & meant) != 0) {
        return false;
      }
    }
    return again.sameWide(original.state())
        && playground.firstDifference(original.memory(), original.start().stackPointer()) == 0;
  }

  private boolean readsDeadStack(Outcome original) {
    playground.restore();
    playground.spoilDeadStack(original.start().stackPointer() - redZone);
    MachineState again = original.start().copy();
    executor.run(again);
    return !same(again, original);
  }
}
