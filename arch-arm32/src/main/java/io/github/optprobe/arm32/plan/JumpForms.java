package io.github.optprobe.arm32.plan;

import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.List;

/**
 * The forms of jumps into detour buffers. Source: Arm Architecture Reference Manual, A8.8.18 (B)
 * and A8.8.64 (LDR, literal).
 */
public final class JumpForms {
  /** A32: one word over one word. */
  public static final JumpForm A32_BRANCH = new JumpForm("b", 4, "within 32 MiB");

  /** A32: to anywhere, over two words. */
  public static final JumpForm A32_LITERAL = new JumpForm("ldr pc, [pc, #-4]", 8, "anywhere");

  /** T32: over one wide instruction, or two narrow ones. */
  public static final JumpForm T32_BRANCH = new JumpForm("b.w", 4, "within 16 MiB");

  /** T32: the same with a condition, over one that has it. */
  public static final JumpForm T32_CONDITIONAL = new JumpForm("b<cond>.w", 4, "within 1 MiB");

  /** T32: to anywhere, from a word-aligned address. */
  public static final JumpForm T32_LITERAL = new JumpForm("ldr.w pc, [pc]", 8, "anywhere");

  /** T32: to anywhere, from between words. */
  public static final JumpForm T32_LITERAL_AFTER_GAP =
      new JumpForm("ldr.w pc, [pc, #4]", 10, "anywhere");

  /** The longest one, in bytes. */
  public static final int LONGEST = 10;

  private JumpForms() {}

  /** The best form. */
  public static JumpForm best(ArmSet set) {
    return set == ArmSet.A32 ? A32_BRANCH : T32_BRANCH;
  }

  /** The others. */
  public static List<JumpForm> others(ArmSet set) {
    return List.of(set == ArmSet.A32 ? A32_LITERAL : T32_LITERAL);
  }

  /** What a form is at an address: the literal of T32 stands on a word. */
  static JumpForm at(long address, JumpForm form) {
    boolean betweenWords = (address & 2) != 0;
    return form.equals(T32_LITERAL) && betweenWords ? T32_LITERAL_AFTER_GAP : form;
  }

  /** Whether the buffer has to be within the reach of a branch. */
  public static boolean isBranch(JumpForm form) {
    return form.equals(A32_BRANCH) || form.equals(T32_BRANCH) || form.equals(T32_CONDITIONAL);
  }
}
