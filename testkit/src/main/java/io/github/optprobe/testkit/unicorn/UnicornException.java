package io.github.optprobe.testkit.unicorn;

/** A call of libunicorn failed that should not: a fault of ours, not of the guest's. */
public final class UnicornException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Unicorn's number. */
  private final int error;

  UnicornException(String call, int error, String text) {
    super("%s failed with %d (%s)".formatted(call, error, text));
    this.error = error;
  }

  /**
   * Unicorn's number for the failure.
   *
   * @return a {@code uc_err}
   */
  public int error() {
    return error;
  }
}
