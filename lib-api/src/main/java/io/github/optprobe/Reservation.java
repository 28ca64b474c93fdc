package io.github.optprobe;

import io.github.optprobe.text.AddressRange;

/**
 * A range of text that others patch and where no probe may stand; ended by closing it, more than
 * once without effect. Thread-safe. Obtained from {@link Kprobes#reserve}; not meant to be
 * implemented.
 */
public interface Reservation extends AutoCloseable {

  /** The reserved range. */
  AddressRange range();

  /** Who patches it. */
  String owner();

  /** Ends it: the text may be probed, and windows may cover it, from now on. */
  @Override
  void close();
}
