package io.github.optprobe.testkit.ptrace;

/**
 * The C functions as they are, by direct mapping. {@code ptrace} is variadic in C; all of its
 * arguments are integers, which the System V convention of x86-64 passes as it passes those of
 * other functions.
 */
final class PtraceCalls {
  private PtraceCalls() {}

  static native long ptrace(long request, int pid, long address, long data);

  static native int waitpid(int pid, long status, int options);

  static native int kill(int pid, int signal);
}
