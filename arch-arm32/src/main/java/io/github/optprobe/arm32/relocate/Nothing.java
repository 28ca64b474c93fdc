package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Condition;

/**
 * An instruction of which nothing is left to do: a hint to the cache about a literal, or an IT,
 * whose condition each relocated instruction of the block has.
 */
public final class Nothing extends Relocation {
  /** Creates it. */
  public Nothing(Instruction original) {
    super(original, Condition.AL);
  }

  @Override
  void body(Emission to) {}
}
