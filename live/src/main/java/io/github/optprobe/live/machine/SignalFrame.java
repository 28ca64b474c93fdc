package io.github.optprobe.live.machine;

/**
 * Offsets in what the kernel hands to a signal handler on x86-64, in bytes. Source: {@code
 * asm/sigcontext.h}, {@code asm/ucontext.h}, {@code asm-generic/siginfo.h} of Linux' user
 * interface.
 */
final class SignalFrame {
  /** {@code si_code} in {@code siginfo_t}. */
  static final int CODE = 8;

  /** {@code si_value} of a queued signal in {@code siginfo_t}. */
  static final int VALUE = 24;

  /** The saved rsp in {@code ucontext_t}. */
  static final int RSP = 160;

  /** The saved rip. */
  static final int RIP = 168;

  /** The saved flags. */
  static final int FLAGS = 176;

  /** {@code si_code} of a signal that was queued with a value. */
  static final int QUEUED = -1;

  /** That of a trap by {@code int3}: the kernel sent it. */
  static final int BY_KERNEL = 0x80;

  /** That of a trap by {@code int3} where a kernel says so. */
  static final int BREAKPOINT = 1;

  /** That of a trap behind a single step. */
  static final int TRACE = 2;

  private SignalFrame() {}
}
