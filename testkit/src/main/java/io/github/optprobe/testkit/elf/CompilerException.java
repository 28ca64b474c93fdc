package io.github.optprobe.testkit.elf;

import java.util.List;

/** A compiler did not take what it was given. */
public final class CompilerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CompilerException(List<String> command, int exitCode, String said) {
    super("%s: exit code %d%n%s".formatted(String.join(" ", command), exitCode, said));
  }
}
