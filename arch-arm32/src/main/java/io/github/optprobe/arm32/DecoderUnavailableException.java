package io.github.optprobe.arm32;

/**
 * The native instruction decoder (Capstone 4.0 or 5.0) can't be used on this machine.
 *
 * <p>The message is meant for the person who runs the program: it names every place that was tried
 * with the reason why it didn't serve, the versions wanted, and what to install. Nothing of the ARM
 * architectures works without the decoder, so this is thrown by the first call that needs it, and
 * by every later one: the look-up runs once per process.
 */
public final class DecoderUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the full report: places tried, versions wanted, what to do
   */
  public DecoderUnavailableException(String message) {
    super(message);
  }

  /**
   * Creates the exception for a failure that another one explains further.
   *
   * @param message the full report: places tried, versions wanted, what to do
   * @param cause what went wrong underneath
   */
  public DecoderUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
