package io.github.optprobe;

import io.github.optprobe.arch.Registers;

/**
 * Runs after the probed instruction. A kprobe with a post-handler is never boosted by a jump back
 * and never optimized, because then nothing traps after the instruction.
 */
@FunctionalInterface
public interface PostHandler {

  /**
   * Called on each hit while the kprobe is enabled, on the thread that reports the trap. Exceptions
   * are treated as those of a {@link PreHandler}.
   *
   * @param probe the kprobe that was hit
   * @param registers the registers as the probed instruction left them, the program counter being
   *     that of the next instruction; valid during the call only
   */
  void handle(Kprobe probe, Registers registers);
}
