package io.github.optprobe.testkit.text;

import io.github.optprobe.text.TextException.Operation;

/**
 * Which operation is to fail. Immutable.
 *
 * @param operation write, synchronise, allocate or free
 * @param nth the how many-th of them since the fault was injected fails; 1 is the next
 * @param lasting whether all later ones fail too
 * @param bytesWritten how many bytes a failing write writes before it fails
 */
public record Fault(Operation operation, int nth, boolean lasting, int bytesWritten) {

  /**
   * Creates a fault.
   *
   * @throws IllegalArgumentException if {@code nth} is not positive, or reads are to fail: a read
   *     tells what is not mapped by its result
   */
  public Fault {
    if (nth < 1) {
      throw new IllegalArgumentException("nth must be positive: " + nth);
    }
    if (operation == Operation.READ) {
      throw new IllegalArgumentException("reads can not be made to fail");
    }
  }

  /** The n-th operation fails, once, before it does anything. */
  public static Fault at(Operation operation, int nth) {
    return new Fault(operation, nth, false, 0);
  }

  /** This fault, and all later operations of that kind fail too. */
  public Fault fromThenOn() {
    return new Fault(operation, nth, true, bytesWritten);
  }

  /** This fault, a failing write having written a part. */
  public Fault afterWriting(int bytes) {
    return new Fault(operation, nth, lasting, bytes);
  }

  boolean strikes(int count) {
    return lasting ? count >= nth : count == nth;
  }
}
