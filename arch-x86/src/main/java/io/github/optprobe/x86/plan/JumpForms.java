package io.github.optprobe.x86.plan;

import io.github.optprobe.arch.JumpForm;

/** The forms of jumps into detour buffers. Source: Intel SDM volume 2, JMP. */
public final class JumpForms {
  /** {@code E9}: to a buffer near the text. The best one: short, and nothing else is needed. */
  public static final JumpForm RELATIVE = new JumpForm("jmp rel32", 5, "within 2 GiB");

  /** {@code EB}: to an island in padding nearby, from where another jump leads on. */
  public static final JumpForm ISLAND =
      new JumpForm("jmp rel8 to an island", 2, "within 127 bytes, and from there anywhere");

  /** {@code FF 25}: through a near slot that holds the address. */
  public static final JumpForm SLOT =
      new JumpForm("jmp [rip+disp32]", 6, "anywhere, through a slot within 2 GiB");

  /** {@code FF 25}: with the address right behind it. */
  public static final JumpForm ABSOLUTE = new JumpForm("jmp [rip+0]", 14, "anywhere");

  private JumpForms() {}

  /** Whether the buffer has to lie near the text. */
  static boolean isNear(JumpForm form) {
    return form.equals(RELATIVE);
  }
}
