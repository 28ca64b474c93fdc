package io.github.optprobe.model;

import java.util.List;

/**
 * What a program executes without probes.
 *
 * @param instructions the addresses, in order
 * @param returnAt where the subroutine returns
 */
record Trace(List<Long> instructions, long returnAt) {

  boolean isReturn(long pc) {
    return pc == returnAt;
  }

  /** What a handler before the instruction, or at the entry of a call, writes down. */
  static int before(int id) {
    return 2 * id;
  }

  /** What a handler after the instruction, or at the return of a call, writes down. */
  static int after(int id) {
    return 2 * id + 1;
  }
}
