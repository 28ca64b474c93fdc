package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/** BLX to a register. {@code blx lr} reads its target before the return address is written. */
public final class RegisterCall extends Relocation {
  private static final int SP = 13;
  private static final int LR = 14;

  /** Creates it. */
  public RegisterCall(Instruction original, Condition condition) {
    super(original, condition);
  }

  @Override
  void body(Emission to) {
    int register = original().field('m');
    if (register == LR) {
      to.out().lowerStack(Borrowed.STACK_BYTES);
      to.out().store(LR, SP, 0);
      to.returnAddress(LR, original().nextAddress());
      to.out().loadPcAndRaiseStack(Borrowed.STACK_BYTES);
    } else {
      to.returnAddress(LR, original().nextAddress());
      to.out().exchangeTo(register);
    }
  }
}
