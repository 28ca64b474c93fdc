package io.github.optprobe;

/**
 * Told of what happens to probes. Called under the registry's lock, except {@link #handlerFailed};
 * it must not call back into the registry.
 */
public interface ProbeListener {

  /** Does nothing. */
  ProbeListener NONE = new ProbeListener() {};

  /**
   * A handler threw. Called on the thread of the hit, in addition to a {@link System.Logger}
   * warning.
   */
  default void handlerFailed(Kprobe probe, Throwable failure) {}

  /** The text at {@code address} now holds a jump into a detour buffer. */
  default void optimized(CodeAddress address) {}

  /** The jump at {@code address} has been replaced by a breakpoint. */
  default void unoptimized(CodeAddress address) {}

  /**
   * The optimizer could not write the jump; the breakpoint stands as before.
   *
   * @param failure what the text memory reported
   */
  default void optimizeFailed(CodeAddress address, io.github.optprobe.text.TextException failure) {}
}
