package io.github.optprobe.arm32;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.TextMemory;

/** The forms of jumps, each with code over which it is written and a text that makes it chosen. */
enum PatchedForm {
  A32_BRANCH(ArmSet.A32, "b", 4, false, ""),
  A32_LITERAL(ArmSet.A32, "ldr pc, [pc, #-4]", 8, true, ""),
  T32_BRANCH_ON_A_WORD(ArmSet.T32, "b.w", 4, false, ""),
  T32_BRANCH_BETWEEN_WORDS(ArmSet.T32, "b.w", 4, false, "nop"),
  T32_LITERAL(ArmSet.T32, "ldr.w pc, [pc]", 8, true, ""),
  T32_LITERAL_BETWEEN_WORDS(ArmSet.T32, "ldr.w pc, [pc, #4]", 10, true, "nop");

  private static final String BODY =
      """
      probed: adds r0, r0, #1
        adds r0, r0, r2
        eors r0, r0, r3
        adds r2, r2, #3
        adds r0, r0, r2
        lsls r0, r0, #1
        bx lr
      """;

  final ArmSet set;
  final String jump;
  final int bytes;
  private final boolean far;
  private final String before;

  PatchedForm(ArmSet set, String jump, int bytes, boolean far, String before) {
    this.set = set;
    this.jump = jump;
    this.bytes = bytes;
    this.far = far;
    this.before = before;
  }

  ArmSnippet snippet() {
    return ArmSnippet.of(set, before + "\n" + BODY);
  }

  TextMemory text(ArmMachine machine) {
    return text(machine.target.text());
  }

  /** A text in which memory is free only where this form is needed to reach it. */
  TextMemory text(TextMemory whole) {
    return far ? new FarText(whole, FarText.FAR) : whole;
  }

  /** Whether one aligned word holds it. */
  boolean isOneStore() {
    return bytes == Integer.BYTES && before.isEmpty();
  }

  int breakpointBytes() {
    return set == ArmSet.A32 ? 4 : 2;
  }
}
