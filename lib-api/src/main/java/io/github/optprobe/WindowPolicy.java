package io.github.optprobe;

/**
 * What is believed of indirect jumps whose targets are not proven, when a window of several
 * instructions is to be overwritten. Everything else that forbids a window forbids it in both. A
 * jump whose targets an architecture has proven, as it can for most jump tables, counts as so many
 * direct branches and is no obstacle to either.
 */
public enum WindowPolicy {
  /**
   * An indirect jump whose targets are not proven may land anywhere in its function: no window of
   * several instructions. The kernel's rule, but for the proofs.
   */
  CONSERVATIVE,
  /**
   * Code is believed to come from a compiler and to have calling conventions:
   *
   * <ul>
   *   <li>a jump through memory or a value from outside, with the stack as the function found it,
   *       is a tail call and leaves the function;
   *   <li>a jump through a table whose place is known and whose length is not leads only to what
   *       the table's words mean while they mean instructions of the function;
   *   <li>any other indirect jump may land anywhere in its function, but not behind the first
   *       instruction within the window that begins there: compilers make such jumps for code that
   *       has computed something first. In such a function windows that begin at its entry are
   *       overwritten, and no others.
   * </ul>
   */
  RELAXED
}
