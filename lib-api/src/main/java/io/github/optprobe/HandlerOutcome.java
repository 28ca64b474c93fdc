package io.github.optprobe;

/** What a pre-handler says about going on. */
public enum HandlerOutcome {
  /** Run the probed instruction. A changed program counter is ignored; other registers count. */
  CONTINUE,
  /**
   * The handler took over the program counter: the probed instruction is not run, later handlers
   * are not called, execution goes on where the registers' program counter says.
   */
  SKIP
}
