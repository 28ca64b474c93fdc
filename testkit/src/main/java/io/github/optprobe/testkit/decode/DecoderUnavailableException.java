package io.github.optprobe.testkit.decode;

/** A decoder can not be used on this machine; the message says why and what helps. */
public final class DecoderUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public DecoderUnavailableException(String message) {
    super(message);
  }
}
