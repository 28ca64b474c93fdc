package io.github.optprobe;

import io.github.optprobe.arch.Registers;

/**
 * One call in flight of a function with a return probe. Instances come from a pool that is made at
 * registration and are used again and again, so that a call allocates nothing. Valid from the entry
 * handler to the end of the return handler, on the CPU of the call; not meant to be implemented.
 *
 * @param <D> the data that it carries
 */
public interface ReturnInstance<D> {

  /** The return probe. */
  Kretprobe<D> kretprobe();

  /** What this instance carries from entry to return; always the same object. */
  D data();

  /** Where the call really returns to, in the form that the program keeps it in. */
  long returnAddress();

  /** The stack pointer at the function's entry. */
  long entryStackPointer();

  /**
   * What the function returned, by the architecture's calling convention for integers and pointers.
   *
   * @param registers those that the return handler was given
   */
  long returnValue(Registers registers);
}
