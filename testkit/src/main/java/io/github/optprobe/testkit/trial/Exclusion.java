package io.github.optprobe.testkit.trial;

/** Why a run is not compared: no probe can be right about it, and no program relies on it. */
public enum Exclusion {
  /** The original runs in a circle. */
  LOOPS("the original does not end"),
  /** It loads bytes that a probe overwrites. */
  READS_WINDOW("it reads the text that is patched"),
  /** A computed branch leads into the patched bytes. */
  ENTERS_WINDOW("a computed branch leads into the window"),
  /** It leads into the trial's own slots, where whatever was tried last lies. */
  ENTERS_SLOTS("it leads into the memory of slots"),
  /** What it loads lies so far below the stack pointer that a signal may have changed it. */
  READS_DEAD_STACK("it reads far below the stack pointer"),
  /** It leads the stack pointer elsewhere, and what differs lies below that. */
  WRITES_DEAD_STACK("what differs lies below where it leads the stack pointer"),
  /**
   * It leads the stack pointer to where no stack is, and what is relocated behind that needs one.
   */
  LEAVES_STACK("it leads the stack pointer to where no stack is"),
  /** The executor does something else when it executes the original one instruction at a time. */
  EXECUTOR_UNSURE("the executor does not agree with itself about the original"),
  /** The executor is known to execute it wrongly. */
  EXECUTOR_DEVIATES("the executor is known to execute it wrongly");

  private final String reason;

  Exclusion(String reason) {
    this.reason = reason;
  }

  /** In words. */
  public String reason() {
    return reason;
  }
}
