package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/**
 * STR of PC, and STM with PC in its list: the store is done with whatever is in PC, and the word
 * that is wrong then is written again. Source for its value: Arm Architecture Reference Manual,
 * A2.3: the address plus 8, as all processors since ARMv7 have it.
 */
public final class PcStore extends Relocation {
  private static final int SP = 13;

  private final int base;
  private final int offset;
  private final int free;

  /**
   * Creates it.
   *
   * @param base the base register of the store
   * @param offset where the word of PC lies, in bytes from what the base register is afterwards
   * @param free a register that the instruction does not use
   */
  public PcStore(Instruction original, Condition condition, int base, int offset, int free) {
    super(original, condition);
    this.base = base;
    this.offset = offset;
    this.free = free;
  }

  /** How far an offset from sp is moved while the register is borrowed. */
  public static int moved(int base, int offset) {
    return base == SP ? offset + Borrowed.STACK_BYTES : offset;
  }

  @Override
  void body(Emission to) {
    to.out().instruction(original().encoding(), Integer.BYTES);
    to.borrowing(
        free,
        () -> {
          to.out().constant(free, original().pc());
          to.out().store(free, base, moved(base, offset));
        });
  }
}
