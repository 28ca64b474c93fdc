package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.Operand;
import io.github.optprobe.arm32.table.TableRow;
import java.util.Objects;

/**
 * An instruction that reads PC where another register could stand: that register gets what PC would
 * be, and is saved around if it is not one that the instruction writes anyway.
 */
public final class Substitution extends Relocation {
  private static final int PC = 15;

  private final int register;
  private final boolean saved;
  private final long value;

  /**
   * Creates it.
   *
   * @param register what stands for PC; sp is none
   * @param saved whether it has to be saved around; the instruction must then not use sp
   * @param value what it reads as PC
   */
  public Substitution(
      Instruction original, Condition condition, int register, boolean saved, long value) {
    super(original, condition);
    this.register = register;
    this.saved = saved;
    this.value = value;
  }

  @Override
  void body(Emission to) {
    if (saved) {
      to.borrowing(register, () -> write(to));
    } else {
      write(to);
    }
  }

  private void write(Emission to) {
    to.out().constant(register, value);
    to.out().instruction(unconditional(substituted()), original().length());
  }

  /** The encoding with the register in place of PC. */
  private int substituted() {
    TableRow row = Objects.requireNonNull(original().verdict().row());
    int encoding = original().encoding();
    for (Operand operand : row.operands()) {
      boolean list = operand.access() == Operand.Access.READ_LIST;
      if (!list && operand.field().of(encoding) == PC) {
        encoding = operand.field().in(encoding, register);
      }
    }
    return encoding;
  }

  /** The condition has been looked at; the unconditional space of A32 has none. */
  private int unconditional(int encoding) {
    boolean conditional = condition() != Condition.AL;
    boolean inEncoding = original().set() == ArmSet.A32;
    return conditional && inEncoding ? (encoding & 0x0FFF_FFFF) | 0xE000_0000 : encoding;
  }
}
