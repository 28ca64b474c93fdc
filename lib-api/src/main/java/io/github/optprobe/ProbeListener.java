package io.github.optprobe;

import io.github.optprobe.text.TextException;

/**
 * Told of what happens to probes. Called under the registry's lock, except {@link #handlerFailed};
 * it must not call back into the registry.
 */
public interface ProbeListener {

  /**
   * A handler threw. Called on the thread of the hit, in addition to a {@link System.Logger}
   * warning.
   */
  default void handlerFailed(Probe probe, Throwable failure) {}

  /** A probe was registered; it is armed unless it is disabled or all probes are disarmed. */
  default void registered(ProbeHandle probe) {}

  /** A probe was unregistered. */
  default void unregistered(ProbeHandle probe) {}

  /** A probe was enabled. */
  default void enabled(ProbeHandle probe) {}

  /** A probe was disabled. */
  default void disabled(ProbeHandle probe) {}

  /** The text of a probe was removed; it is registered until its handle is closed. */
  default void gone(ProbeHandle probe) {}

  /**
   * The probe at {@code address} can not be optimized, as was found when the first kprobe that
   * permits it was registered there.
   */
  default void notOptimized(CodeAddress address, Refusal reason) {}

  /** The text at {@code address} now holds a jump into a detour buffer. */
  default void optimized(CodeAddress address) {}

  /** The jump at {@code address} has been replaced by a breakpoint. */
  default void unoptimized(CodeAddress address) {}

  /**
   * The optimizer could not write the jump; the breakpoint stands as before.
   *
   * @param failure what the text memory reported
   */
  default void optimizeFailed(CodeAddress address, TextException failure) {}
}
