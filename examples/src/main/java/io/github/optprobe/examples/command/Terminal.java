package io.github.optprobe.examples.command;

/** What stands at the other end of the standard streams. */
final class Terminal {
  /**
   * Set by the {@code optprobe} script, which can tell: {@code true} if standard error is a
   * terminal. Java could only tell of standard input and output together.
   */
  static final String PROPERTY = "optprobe.terminal";

  private Terminal() {}

  /** Whether somebody watches standard error. Without the script: no. */
  static boolean isOnStandardError() {
    return Boolean.getBoolean(PROPERTY) && !"dumb".equals(System.getenv("TERM"));
  }
}
