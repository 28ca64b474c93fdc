package io.github.optprobe.testkit.protocol;

/** What is wrong with a patch protocol. Every violation has one. */
public enum Flaw {
  /**
   * The text itself held neither old code, a breakpoint nor the jump: even a CPU that sees every
   * store at once goes wrong. The steps are in the wrong order.
   */
  WRONG_ORDER("the text itself is wrong between two steps"),
  /**
   * Two stores without a synchronisation of the CPUs between them, of which a CPU may see the later
   * one and not the earlier.
   */
  UNSYNCHRONIZED("a later store may be seen before an earlier one"),
  /** A store that is not atomic for the CPUs, of which a CPU may see a part. */
  TORN_STORE("a part of one store may be seen"),
  /** A CPU may stand between two instructions of a window whose bytes change under it. */
  STANDING_INSIDE("a CPU may stand inside the window while it changes"),
  /** A CPU may trap on a breakpoint that nobody answers, or be sent where no instruction starts. */
  UNANSWERED_TRAP("nobody answers the trap"),
  /**
   * A CPU may be led to code that was written after the last synchronisation of the CPUs, and
   * execute what was there before.
   */
  STALE_TARGET("what it is led to may not be seen yet"),
  /** All probes were unregistered, and the text is not the original. */
  NOT_RESTORED("the text is left as something else");

  private final String meaning;

  Flaw(String meaning) {
    this.meaning = meaning;
  }

  /** What it means, a short phrase. */
  public String meaning() {
    return meaning;
  }
}
