package io.github.optprobe.testkit.conformance;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.execute.RunTrace;
import io.github.optprobe.testkit.trial.Subject;
import io.github.optprobe.text.AddressRange;
import java.util.HashSet;
import java.util.Set;

/**
 * Executes the first instruction of samples. Where that leads, if not to the instruction behind, a
 * scan has to know: as a branch, or as an indirect jump.
 *
 * <p>A call through a register and a return are no branches of a scan either. They are known by
 * where they lead to from another state: elsewhere.
 */
final class BranchesTaken {
  private static final int STATES = 6;

  /** From so many states it has to lead to one and the same address. */
  private static final int ENOUGH = 3;

  private final Kit kit;

  BranchesTaken(Kit kit) {
    this.kit = kit;
  }

  void requireNoted() {
    for (Samples.Sample sample : kit.samples().probed()) {
      if (kit.trial().isCode(sample.code())) {
        requireNoted(sample, kit.trial().place(sample.code()));
      }
    }
  }

  private void requireNoted(Samples.Sample sample, Subject subject) {
    InstructionText first = subject.lines().get(0);
    long behind = first.address() + first.length();
    Set<Long> targets = new HashSet<>();
    int taken = 0;
    for (int i = 0; i < STATES; i++) {
      kit.trial().restoreMemory();
      MachineState state = kit.trial().startState(i);
      RunTrace trace = kit.executor().orElseThrow().trace(state);
      long next = trace.executed().length > 1 ? trace.executed()[1] : state.programCounter();
      if (!trace.loaded().isEmpty()) {
        return; // It may have loaded where to.
      }
      // At itself it is again if it was not completed; what it makes conditional may be skipped.
      boolean skips = next >= behind && subject.body().contains(next);
      if (next != behind && next != first.address() && !skips) {
        targets.add(next);
        taken++;
      }
    }
    if (targets.size() == 1 && taken >= ENOUGH) {
      requireNoted(sample, subject.scan(), targets.iterator().next());
    }
  }

  private void requireNoted(Samples.Sample sample, CodeScan scan, long target) {
    if (!isNoted(scan, target)) {
      throw kit.broken(sample, "a branch to 0x%x is not in the scan".formatted(target));
    }
  }

  private static boolean isNoted(CodeScan scan, long target) {
    boolean branch = !scan.branchesInto(AddressRange.ofLength(target, 1)).isEmpty();
    return branch || scan.firstIndirectJump().isPresent();
  }
}
