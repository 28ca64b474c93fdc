package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emit.T32Assembler;
import io.github.optprobe.arm32.table.Condition;

/**
 * An instruction that means the same everywhere. In A32 it brings its condition along. Out of an IT
 * block of T32 it gets an IT of its own, "always" included: without one, some 16-bit instructions
 * change the flags.
 */
public final class Verbatim extends Relocation {
  private final boolean leavesBlock;

  /**
   * Creates it.
   *
   * @param leavesBlock whether it is executed outside of the IT block that it stands in; if not,
   *     the CPU comes there with the state of that block
   */
  public Verbatim(Instruction original, boolean leavesBlock) {
    super(original, Condition.AL);
    this.leavesBlock = leavesBlock;
  }

  @Override
  public boolean isVerbatim() {
    return true;
  }

  @Override
  void body(Emission to) {
    if (leavesBlock && to.out() instanceof T32Assembler out) {
      out.ifThen(original().condition());
    }
    to.out().instruction(original().encoding(), original().length());
  }
}
