package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;

/**
 * LDR and its kin from a constant offset from PC, into other registers than SP and PC: the address
 * goes into the register that is loaded.
 */
public final class LiteralLoad extends Relocation {
  private static final int BASE_SHIFT = 16;
  private static final int BASE = 0xF << BASE_SHIFT;
  private static final int UPWARDS = 1 << 23;

  /** Set in loads of one register, and not in LDRD. */
  private static final int T32_SINGLE = 1 << 28;

  private static final int T32_WORD = 0xF8D0_0000;

  private final long literal;

  /**
   * Creates it.
   *
   * @param literal the address of what is loaded
   */
  public LiteralLoad(Instruction original, Condition condition, long literal) {
    super(original, condition);
    this.literal = literal;
  }

  @Override
  void body(Emission to) {
    int register = original().field('t');
    to.out().constant(register, literal);
    to.out().instruction(loadAtRegister(register), Integer.BYTES);
  }

  /** The same load, from [t]. */
  private int loadAtRegister(int register) {
    if (original().length() == Short.BYTES) {
      return T32_WORD | register << BASE_SHIFT | register << 12;
    }
    int anyBase = (original().encoding() & ~BASE) | UPWARDS | register << BASE_SHIFT;
    return anyBase & ~offsetField();
  }

  private int offsetField() {
    if (original().set() == ArmSet.T32) {
      boolean pair = (original().encoding() & T32_SINGLE) == 0;
      return pair ? 0xFF : 0xFFF;
    }
    boolean word = (original().encoding() >>> 26 & 3) == 1;
    return word ? 0xFFF : 0xF0F;
  }
}
