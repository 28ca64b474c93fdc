package io.github.optprobe.testkit.ptrace;

/** A call of {@code ptrace}, {@code waitpid} or {@code kill} failed. */
public final class PtraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** No such process: the child is gone. */
  public static final int ESRCH = 3;

  /** What {@code errno} was. */
  private final int errno;

  PtraceException(String what, int pid, int errno) {
    super("%s of process %d failed with errno %d".formatted(what, pid, errno));
    this.errno = errno;
  }

  /** What {@code errno} was. */
  public int errno() {
    return errno;
  }
}
