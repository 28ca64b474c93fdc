package io.github.optprobe.arm32;

import io.github.optprobe.arch.Gate;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emit.Assembler;
import io.github.optprobe.arm32.emit.DetourTemplate;
import io.github.optprobe.arm32.emit.FloatingPoint;
import io.github.optprobe.arm32.emit.Label;
import io.github.optprobe.arm32.plan.MovePlan;
import io.github.optprobe.arm32.table.Condition;

/**
 * What stands in a detour buffer in front of the relocated window: the call of the gate, which is
 * skipped where the probed instruction has a condition that fails and the jump had none.
 */
record DetourHead(MovePlan plan, Gate gate, FloatingPoint floatingPoint, int leftAlone) {

  /**
   * Writes it.
   *
   * @param entry the start of the relocated window
   * @param conditional whether the jump is taken only if the condition holds
   */
  void emit(Assembler out, Label entry, boolean conditional) {
    Instruction first = plan.first();
    if (!conditional && first.condition() != Condition.AL) {
      out.branch(first.condition().negated(), entry);
    }
    DetourTemplate.emit(out, first.address(), leftAlone, gate, floatingPoint);
  }
}
