package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emit.Label;
import io.github.optprobe.arm32.table.Condition;

/** How one instruction is written elsewhere so that it means the same there. Immutable. */
public abstract class Relocation {
  private final Instruction original;
  private final Condition condition;

  Relocation(Instruction original, Condition condition) {
    this.original = original;
    this.condition = condition;
  }

  /** The instruction to be written. */
  public final Instruction original() {
    return original;
  }

  /** The condition under which the written form has to do anything. */
  final Condition condition() {
    return condition;
  }

  /** Whether it is written byte for byte as it is. */
  public boolean isVerbatim() {
    return false;
  }

  /** Writes it: what it does, skipped where its condition fails. */
  void emit(Emission to) {
    if (condition == Condition.AL) {
      body(to);
      return;
    }
    Label over = new Label();
    to.out().branch(condition.negated(), over);
    body(to);
    to.out().bind(over);
  }

  /** Writes what it does when its condition holds. */
  abstract void body(Emission to);
}
