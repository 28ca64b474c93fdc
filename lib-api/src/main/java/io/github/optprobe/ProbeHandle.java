package io.github.optprobe;

import java.util.Optional;

/**
 * One registered kprobe. Closing it unregisters the kprobe; closing it again does nothing.
 *
 * <p>Thread-safe. Obtained from {@link Kprobes#register}; not meant to be implemented.
 */
public interface ProbeHandle extends AutoCloseable {

  /** What was registered. */
  Kprobe kprobe();

  /** Whether it is still registered. */
  boolean isRegistered();

  /** Whether its handlers run. */
  boolean isEnabled();

  /**
   * Lets its handlers run, arming the address if this is the first enabled kprobe there. Does
   * nothing if it is enabled.
   *
   * @throws IllegalStateException if it is no longer registered
   * @throws io.github.optprobe.text.TextException if the text could not be written; it stays
   *     disabled and the text as it was
   */
  void enable();

  /**
   * Stops its handlers, and restores the original text if no other enabled kprobe is at the
   * address. Does nothing if it is disabled.
   *
   * @throws IllegalStateException if it is no longer registered
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
   * the last at its address, the text there is byte for byte what it was.
   *
   * @throws io.github.optprobe.text.TextException if the text could not be written; it stays
   *     registered and the text as it was
   */
  @Override
  void close();
}
