package io.github.optprobe.testkit.traced;

/** The child process has ended: somebody killed it, or the code in it did. */
public final class ChildGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ChildGoneException(String how) {
    super("the traced child is gone: " + how);
  }
}
