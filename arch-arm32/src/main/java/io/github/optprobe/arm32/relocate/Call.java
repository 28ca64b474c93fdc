package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.Treatment;

/** BL, and BLX to a constant target: the return address is the program's. */
public final class Call extends Relocation {
  private static final int LR = 14;

  /** Creates it. */
  public Call(Instruction original, Condition condition) {
    super(original, condition);
  }

  @Override
  void body(Emission to) {
    to.returnAddress(LR, original().nextAddress());
    if (original().treatment() == Treatment.CALL_EXCHANGE) {
      boolean toThumb = original().set() == ArmSet.A32;
      to.out().exchange(toThumb ? original().branchTarget() | 1 : original().branchTarget());
    } else {
      to.jumpTo(original().branchTarget());
    }
  }
}
