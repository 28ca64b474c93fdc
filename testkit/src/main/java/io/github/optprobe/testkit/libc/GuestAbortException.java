package io.github.optprobe.testkit.libc;

/** The guest gave up by itself: it called abort, or found its stack smashed. */
public final class GuestAbortException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GuestAbortException(String why) {
    super("the guest aborted: " + why);
  }
}
