package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emit.T32Assembler;
import io.github.optprobe.arm32.table.Condition;

/** CBZ and CBNZ: the opposite one, over a jump. */
public final class CompareJump extends Relocation {
  private static final int NOT_ZERO = 1 << 11;

  /** Creates it. */
  public CompareJump(Instruction original) {
    super(original, Condition.AL);
  }

  @Override
  void body(Emission to) {
    boolean jumpsIfZero = (original().encoding() & NOT_ZERO) == 0;
    ((T32Assembler) to.out()).skipNext(!jumpsIfZero, original().field('n'));
    to.jumpTo(original().branchTarget());
  }
}
