package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;

/** Sets handlers of signals: addresses of machine code, with all signals blocked while they run. */
final class Signals {
  static final int SIGTRAP = 5;

  /** What glibc leaves to programs of the real-time signals, and a debugger seldom uses. */
  private static final int FIRST_FREE = 40;

  private static final int LAST_FREE = 60;
  private static final int ACTION_BYTES = 152;
  private static final int MASK = 8;
  private static final int MASK_BYTES = 128;
  private static final int FLAGS = 136;
  private static final int RESTORER = 144;
  private static final int SA_SIGINFO = 4;
  private static final int SA_ONSTACK = 0x08000000;
  private static final int SA_RESTART = 0x10000000;
  private static final long DEFAULT = 0;

  private Signals() {}

  /**
   * Sets a handler.
   *
   * @return the earlier one: 0 for the default action, 1 for ignoring
   * @throws IllegalStateException if the system refuses
   */
  static long install(int signal, long handler) {
    DataBlock action = DataBlock.allocate(2 * ACTION_BYTES);
    try {
      action.store(0, handler);
      for (int i = 0; i < MASK_BYTES; i += Long.BYTES) {
        action.store(MASK + i, -1);
      }
      action.store(FLAGS, SA_SIGINFO | SA_ONSTACK | SA_RESTART);
      long old = action.address() + ACTION_BYTES;
      if (Libc.sigaction(signal, action.address(), old) != 0) {
        throw new IllegalStateException(
            "no handler for signal %d (errno %d)".formatted(signal, Libc.error()));
      }
      return action.load(ACTION_BYTES);
    } finally {
      action.free();
    }
  }

  /** Sets an earlier handler again, unless somebody else has set another one meanwhile. */
  static boolean restore(int signal, long mine, long earlier) {
    if (current(signal) != mine) {
      return false;
    }
    install(signal, earlier);
    return true;
  }

  /** The handler of a signal: 0 for the default action, 1 for ignoring. */
  static long current(int signal) {
    return read(signal, 0);
  }

  /** Where the C library has handlers of that signal return to. */
  static long restorer(int signal) {
    return read(signal, RESTORER);
  }

  private static long read(int signal, int offset) {
    DataBlock action = DataBlock.allocate(ACTION_BYTES);
    try {
      if (Libc.sigaction(signal, 0, action.address()) != 0) {
        throw new IllegalStateException("signal %d has no action".formatted(signal));
      }
      return action.load(offset);
    } finally {
      action.free();
    }
  }

  /**
   * A real-time signal that nobody handles.
   *
   * @throws IllegalStateException if there is none
   */
  static int free() {
    for (int signal = FIRST_FREE; signal <= LAST_FREE; signal++) {
      if (current(signal) == DEFAULT) {
        return signal;
      }
    }
    throw new IllegalStateException("all real-time signals are in use");
  }
}
