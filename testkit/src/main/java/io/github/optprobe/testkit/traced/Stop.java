package io.github.optprobe.testkit.traced;

/**
 * Why the child has stopped.
 *
 * @param kind what happened
 * @param signal the signal that it raised ({@code si_signo}), such as 11 for SIGSEGV; 0 where there
 *     is none
 * @param code what the kernel says of the signal ({@code si_code}), such as 1 (unmapped) and 2 (not
 *     permitted) of SIGSEGV, 128 where the CPU gave no address; for {@link Kind#EXIT} the status
 *     word of {@code waitpid}
 * @param address what was accessed, or the faulting instruction, where the signal says so ({@code
 *     si_addr}); else 0
 */
public record Stop(Kind kind, int signal, int code, long address) {
  private static final Stop LIMIT = new Stop(Kind.TIME_LIMIT, 0, 0, 0);

  /** What stops a child. */
  public enum Kind {
    /** It executed {@code int3}; the program counter is behind it. */
    BREAKPOINT,
    /** It has executed the one instruction that it was told to. */
    STEP,
    /** Its instruction faulted, or something else raised a signal, which is not delivered. */
    SIGNAL,
    /**
     * It made a system call, which was not executed; the program counter is behind it. Only where
     * it runs without them.
     */
    SYSTEM_CALL,
    /** It ran for longer than permitted, and stands where it happened to be. */
    TIME_LIMIT,
    /** It is gone. */
    EXIT
  }

  static Stop timeLimit() {
    return LIMIT;
  }

  static Stop gone(int status) {
    return new Stop(Kind.EXIT, 0, status, 0);
  }

  /** The same with another address. */
  Stop at(long otherAddress) {
    return new Stop(kind, signal, code, otherAddress);
  }

  @Override
  public String toString() {
    return "%s signal %d code %d address 0x%x".formatted(kind, signal, code, address);
  }
}
