package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/** {@code bx pc}: to the word-aligned PC, always in A32. */
public final class Exchange extends Relocation {
  /** Creates it. */
  public Exchange(Instruction original, Condition condition) {
    super(original, condition);
  }

  @Override
  void body(Emission to) {
    to.out().exchange(original().alignedPc());
  }
}
