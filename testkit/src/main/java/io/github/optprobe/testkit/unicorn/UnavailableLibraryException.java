package io.github.optprobe.testkit.unicorn;

/** The library can not be used. Becomes the emulator package's own exception there. */
public final class UnavailableLibraryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnavailableLibraryException(String why) {
    super(why);
  }
}
