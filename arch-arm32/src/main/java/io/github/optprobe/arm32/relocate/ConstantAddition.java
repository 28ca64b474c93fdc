package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/** T32 {@code add d, pc}: as many additions of eight bits each as the value of PC takes. */
public final class ConstantAddition extends Relocation {
  private static final int BITS = 8;

  private final long value;

  /**
   * Creates it.
   *
   * @param value what it reads as PC
   */
  public ConstantAddition(Instruction original, Condition condition, long value) {
    super(original, condition);
    this.value = value;
  }

  @Override
  void body(Emission to) {
    int register = original().field('d');
    for (int shift = 0; shift < Integer.SIZE; shift += BITS) {
      int part = (int) (value & 0xFFL << shift);
      if (part != 0) {
        to.out().add(register, register, part);
      }
    }
  }
}
