package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/**
 * LDR of PC from a constant offset from PC: the target is loaded when the instruction is executed,
 * and goes by way of the stack, so that no register is changed.
 */
public final class LiteralJump extends Relocation {
  private static final int SP = 13;
  private static final int FREE = 0;

  private final long literal;

  /**
   * Creates it.
   *
   * @param literal the address that the target is loaded from
   */
  public LiteralJump(Instruction original, Condition condition, long literal) {
    super(original, condition);
    this.literal = literal;
  }

  @Override
  void body(Emission to) {
    to.borrowing(
        FREE,
        () -> {
          to.out().constant(FREE, literal);
          to.out().load(FREE, FREE, 0);
          to.out().store(FREE, SP, Integer.BYTES);
          to.out().load(FREE, SP, 0);
          to.out().add(SP, SP, Integer.BYTES);
          to.out().loadPcAndRaiseStack(Borrowed.STACK_BYTES - Integer.BYTES);
        });
  }
}
