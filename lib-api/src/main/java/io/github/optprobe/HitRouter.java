package io.github.optprobe;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.PreparedTrampoline;
import java.util.List;
import java.util.Optional;

/**
 * For targets that send hits on their way by code of their own, without asking a {@link Cpu} each
 * time: told of everything that decides where a hit goes, before it counts. Such a target sends a
 * CPU that traps at an address into code that it made for the address, which runs the handlers (by
 * calling {@link Cpu#breakpoint}, or by itself where it can) and goes on in the probe's copy, or in
 * its detour buffer while {@link #diverted} says so.
 *
 * <p>Called under the registry's lock, by one thread at a time; must not call back into it, and
 * must not throw where nothing else is said.
 */
public interface HitRouter {
  /** The router of a target that reports every hit. */
  HitRouter NONE = new HitRouter() {};

  /**
   * Whether a probe can be had at an address that can be probed. Asked before anything changes.
   *
   * @param probe what is asked for
   * @param prepared what was made for the address
   * @param culprit the place, for the refusal
   * @return why not; empty if it can
   */
  default Optional<Refusal> objection(Probe probe, PreparedProbe prepared, Culprit culprit) {
    return Optional.empty();
  }

  /**
   * The copy of an instruction was written; a breakpoint may come to stand at its address.
   *
   * @throws io.github.optprobe.text.TextException if the target has no memory for it; the probe is
   *     not registered then
   */
  default void prepared(PreparedProbe probe) {}

  /**
   * A detour buffer was written; a jump into it may come to stand in the text.
   *
   * @throws io.github.optprobe.text.TextException if the target has no memory for it; the probe is
   *     not optimized then
   */
  default void prepared(PreparedDetour detour) {}

  /**
   * What tracked calls return to was written.
   *
   * @throws io.github.optprobe.text.TextException if the target has no memory for it; the return
   *     probe is not registered then
   */
  default void prepared(PreparedTrampoline trampoline) {}

  /**
   * Where traps at an address go from now on: into a detour buffer, because its jump is in the text
   * or about to be or just was, or, if that is empty, into the copy.
   */
  default void diverted(CodeAddress address, Optional<PreparedDetour> into) {}

  /**
   * Which handlers run at an address from now on.
   *
   * @param trapTier how a trap there is resumed
   * @param active the enabled probes there, in the order in which they run; may be empty
   */
  default void members(CodeAddress address, Tier trapTier, List<ProbeHandle> active) {}

  /**
   * An address is not probed any more: its text is the original one, or gone. A CPU may have
   * trapped there before, and may be in the copy or the buffer until the text memory says that it
   * is not; one that trapped and was not sent on its way yet has to execute the text as it is now.
   */
  default void removed(CodeAddress address) {}

  /** How often a probe was hit without a {@link Cpu} being told. Called without the lock. */
  default long hits(ProbeHandle probe) {
    return 0;
  }
}
