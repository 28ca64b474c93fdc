package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/** ADR, or MOV of PC: a register gets a value that is known already. */
public final class Constant extends Relocation {
  private final long value;

  /**
   * Creates it.
   *
   * @param value what field d gets
   */
  public Constant(Instruction original, Condition condition, long value) {
    super(original, condition);
    this.value = value;
  }

  @Override
  void body(Emission to) {
    int register = original().field('d');
    to.out().constant(register, value);
    if (original().verdict().flagsWritten() != 0) {
      to.out().moveAndSetFlags(register, register);
    }
  }
}
