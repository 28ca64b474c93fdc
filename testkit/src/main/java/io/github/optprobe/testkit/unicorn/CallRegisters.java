package io.github.optprobe.testkit.unicorn;

import java.util.List;

/**
 * The registers that calls use, by Unicorn's numbers. Immutable and thread-safe.
 *
 * @param programCounter the program counter
 * @param stackPointer the stack pointer
 * @param arguments those that take a call's first arguments
 * @param result that which takes a call's result
 * @param link that which takes the return address, or {@link ExecutorProfile#NO_REGISTER} if it
 *     goes on the stack
 */
public record CallRegisters(
    int programCounter, int stackPointer, List<Integer> arguments, int result, int link) {

  /** Creates it. */
  public CallRegisters {
    arguments = List.copyOf(arguments);
  }
}
