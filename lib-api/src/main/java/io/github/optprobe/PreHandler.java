package io.github.optprobe;

import io.github.optprobe.arch.Registers;

/** Runs before the probed instruction. */
@FunctionalInterface
public interface PreHandler {

  /**
   * Called on each hit while the kprobe is enabled, on the thread that reports the trap; hits on
   * several CPUs run it at the same time. An exception is reported to the {@link ProbeListener};
   * the other handlers and the probed program go on.
   *
   * @param probe the kprobe that was hit
   * @param registers the registers as the probed instruction finds them, program counter equal to
   *     the probed address in every tier; valid during the call only
   * @return whether the handler took over the program counter
   */
  HandlerOutcome handle(Kprobe probe, Registers registers);
}
