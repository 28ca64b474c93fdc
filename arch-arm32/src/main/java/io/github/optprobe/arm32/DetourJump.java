package io.github.optprobe.arm32;

import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emit.A32Branch;
import io.github.optprobe.arm32.emit.Assembler;
import io.github.optprobe.arm32.emit.T32Branch;
import io.github.optprobe.arm32.plan.JumpForms;
import io.github.optprobe.arm32.plan.MovePlan;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.text.AddressRange;
import java.util.List;

/**
 * The jump of a plan: from where, in which form, and under which condition.
 *
 * @param from the probed address
 * @param set of the code there
 * @param form what it is
 * @param condition that it has itself, in its encoding
 * @param byBlock whether it has the condition of the IT block in which it stands
 */
record DetourJump(long from, ArmSet set, JumpForm form, Condition condition, boolean byBlock) {

  /**
   * The jump that a plan allows. A32 branches take over the condition of the instruction that they
   * replace, which is "always" for those of the unconditional space.
   */
  static DetourJump of(MovePlan plan) {
    Instruction first = plan.first();
    boolean takesOver = plan.form().equals(JumpForms.A32_BRANCH);
    Condition condition = takesOver ? first.condition() : Condition.AL;
    return new DetourJump(
        first.address(), first.set(), plan.form(), condition, first.it().inBlock());
  }

  /** The jumps to be tried, the best first: one with a condition does not reach as far in T32. */
  List<DetourJump> alternatives(Instruction first) {
    boolean wide = first.length() == Integer.BYTES && form.equals(JumpForms.T32_BRANCH);
    boolean conditional = first.condition() != Condition.AL && !byBlock;
    return wide && conditional
        ? List.of(
            new DetourJump(from, set, JumpForms.T32_CONDITIONAL, first.condition(), false), this)
        : List.of(this);
  }

  /** Whether it is taken only if the condition of the probed instruction holds. */
  boolean isConditional() {
    return byBlock || condition != Condition.AL;
  }

  /**
   * Where a buffer may lie: it starts within the jump's reach.
   *
   * @param bytes its length
   */
  AddressRange reach(int bytes) {
    if (form.equals(JumpForms.A32_BRANCH)) {
      return around(A32Branch.LOWEST_OFFSET, A32Branch.HIGHEST_OFFSET + bytes - 1);
    }
    if (form.equals(JumpForms.T32_BRANCH)) {
      return around(T32Branch.LOWEST_OFFSET, T32Branch.HIGHEST_OFFSET + bytes - 1);
    }
    return form.equals(JumpForms.T32_CONDITIONAL)
        ? around(
            T32Branch.LOWEST_CONDITIONAL_OFFSET, T32Branch.HIGHEST_CONDITIONAL_OFFSET + bytes - 1)
        : set.instructionSet().addresses();
  }

  /** Nothing wraps around the ends of the address space. */
  private AddressRange around(long lowest, long highest) {
    AddressRange all = set.instructionSet().addresses();
    return new AddressRange(
        Math.max(from + lowest, all.first()), Math.min(from + highest, all.last()));
  }

  /** Its bytes. */
  byte[] bytes(long buffer) {
    // The constant stands right behind the load, or behind the gap that aligns it.
    Assembler out = Assembler.of(set, from & -Integer.BYTES);
    if (!JumpForms.isBranch(form)) {
      out.jumpAnywhere(buffer);
      return literal(out.finish());
    }
    out.instruction(encoding(buffer), Integer.BYTES);
    return out.finish();
  }

  private int encoding(long buffer) {
    if (set == ArmSet.A32) {
      return A32Branch.encode(condition.number(), from, buffer);
    }
    return condition == Condition.AL
        ? T32Branch.encode(from, buffer)
        : T32Branch.encode(condition, from, buffer);
  }

  /** Written for the word below an address between words, the load has to reach 4 bytes further. */
  private byte[] literal(byte[] fromWord) {
    if ((from & 2) == 0) {
      return fromWord;
    }
    byte[] moved = new byte[form.bytes()];
    System.arraycopy(fromWord, 0, moved, 0, Integer.BYTES);
    moved[2] = (byte) (moved[2] + Integer.BYTES);
    System.arraycopy(fromWord, Integer.BYTES, moved, moved.length - Integer.BYTES, Integer.BYTES);
    return moved;
  }
}
