package io.github.optprobe.examples.command;

/**
 * A command can not go on, and the user can do something about it. The message is for the user, and
 * all that is printed.
 */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  CommandFailure(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  CommandFailure(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** A mistake in the arguments. */
  static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message);
  }

  /** A mistake in one argument, with a caret under it. */
  static CommandFailure usage(Caret caret) {
    return usage(caret.toString());
  }

  /** What the process should leave with. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
