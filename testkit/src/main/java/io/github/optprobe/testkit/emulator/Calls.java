package io.github.optprobe.testkit.emulator;

/**
 * How functions take arguments and give results: arguments of one word only, integers and pointers.
 */
interface Calls {

  /**
   * Makes the CPU stand before a function's first instruction, called with these arguments.
   *
   * @param below the caller's stack pointer; stack below it is free
   * @param entry the function, as a pointer to it
   * @param services where it returns to
   */
  void enter(long below, long entry, Services services, long... arguments);

  /** An argument of the function before whose first instruction the CPU stands. */
  long argument(int index);

  /** What the function returned that the CPU has just come back from. */
  long result();

  /** Sets what the function returns. */
  void setResult(long value);

  /** What a function returns to, if that is in a register; else 0. */
  long link();
}
