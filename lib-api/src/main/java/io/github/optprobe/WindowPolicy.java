package io.github.optprobe;

/**
 * What is believed of indirect jumps whose targets are not known, when a window of several
 * instructions is to be overwritten. Everything else that forbids a window forbids it in both.
 */
public enum WindowPolicy {
  /**
   * An indirect jump in the function may land anywhere in it: no window of several instructions.
   * The kernel's rule.
   */
  CONSERVATIVE,
  /**
   * An indirect jump does not land behind the first instruction of the function and within the
   * window that begins there: compilers make jump tables for code that has computed something
   * first. Windows that begin at a function's entry are overwritten; all others are not.
   */
  RELAXED
}
