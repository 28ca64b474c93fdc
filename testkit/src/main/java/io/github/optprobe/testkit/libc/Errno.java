package io.github.optprobe.testkit.libc;

/** Error numbers of Linux. */
final class Errno {
  static final int ENOENT = 2;
  static final int EBADF = 9;
  static final int EEXIST = 17;
  static final int EINVAL = 22;

  private Errno() {}
}
