package io.github.optprobe.testkit.emulator;

/**
 * The emulator is not installed, or of a version that is not known. Tests that need it are skipped
 * then, visibly.
 */
public final class EmulatorUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EmulatorUnavailableException(Throwable cause) {
    super(
        "The emulated target needs libunicorn 2.x: "
            + cause.getMessage()
            + ". Install it (Debian, Ubuntu: apt-get install libunicorn2), or name the file in the"
            + " system property optprobe.unicorn.library. Unicorn is licensed under GPL-2.0; it is"
            + " optional and loaded by tests only.",
        cause);
  }
}
