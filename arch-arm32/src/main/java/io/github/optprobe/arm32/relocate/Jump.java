package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/** A branch to a constant target in the same instruction set. */
public final class Jump extends Relocation {
  /** Creates it. */
  public Jump(Instruction original, Condition condition) {
    super(original, condition);
  }

  @Override
  void body(Emission to) {
    to.jumpTo(original().branchTarget());
  }
}
