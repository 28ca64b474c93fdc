package io.github.optprobe;

import java.util.Optional;

/**
 * One registered probe. Closing it unregisters the probe; closing it again does nothing.
 *
 * <p>Thread-safe. Obtained from {@link Kprobes#register(Kprobe)}; not meant to be implemented.
 */
public interface ProbeHandle extends AutoCloseable {

  /** What was registered. */
  Probe probe();

  /**
   * The probed address: where the probe really stands. It may have been asked for by symbol, or at
   * an instruction that has to stay, behind which it stands then: the mark of a landing place (on
   * x86 {@code endbr64}), and at a function's entry what compilers put there to be patched by
   * others.
   */
  CodeAddress address();

  /** Where it stands in its life. */
  ProbeState state();

  /** Whether it is still registered; one whose text was removed is, until it is closed. */
  boolean isRegistered();

  /** Whether it wants its handlers run. They are not while all probes are disarmed. */
  boolean isEnabled();

  /**
   * Lets its handlers run, arming the address if this is the first enabled kprobe there. Does
   * nothing if it is enabled.
   *
   * @throws IllegalStateException if it is no longer registered, or its text was removed
   * @throws io.github.optprobe.text.TextException if the text could not be written; it stays
   *     disabled and the text as it was
   */
  void enable();

  /**
   * Stops its handlers, and restores the original text if no other enabled probe is at the address
   * (at once, or, where the registry unoptimizes lazily and a jump stands there, by way of the
   * optimizer). Does nothing if it is disabled.
   *
   * @throws IllegalStateException if it is no longer registered, or its text was removed
   * @throws io.github.optprobe.text.TextException if the text could not be written; it stays
   *     enabled and the text as it was
   */
  void disable();

  /** How many times its handlers ran. */
  long hits();

  /** How many times they did not, because the CPU was already in a handler. */
  long nmissed();

  /**
   * The tier in which the next hit will be taken: of the aggregate probe if several kprobes share
   * the address. Empty if nothing is armed there.
   */
  Optional<Tier> tier();

  /**
   * Why it is not optimized; empty if it is, if it is waiting for the optimizer, or if nothing but
   * its being disabled keeps it from it.
   */
  Optional<Refusal> whyNotOptimized();

  /** The probe as a picture: text before and now, insn slot and detour buffer, disassembled. */
  ProbePicture picture();

  /**
   * Unregisters. When it returns, its handlers are not called any more by new hits and, if it was
   * the last at its address, the text there is byte for byte what it was; where the registry
   * unoptimizes lazily and a jump stands there, the text follows when the optimizer runs. If its
   * text was removed, nothing is written.
   *
   * @throws io.github.optprobe.text.TextException if the text could not be written; it stays
   *     registered and the text as it was
   */
  @Override
  void close();
}
