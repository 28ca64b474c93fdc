package io.github.optprobe.testkit.traced;

import org.jspecify.annotations.Nullable;

/**
 * There can be no traced child: the host is not x86-64 Linux, or does not permit ptrace. Tests that
 * need one are skipped then, visibly.
 */
public final class TracedUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TracedUnavailableException(String why, @Nullable Throwable cause) {
    super("no traced child: " + why, cause);
  }
}
