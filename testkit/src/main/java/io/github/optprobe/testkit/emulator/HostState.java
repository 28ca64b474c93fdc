package io.github.optprobe.testkit.emulator;

/** State of host functions that belongs to the guest, such as what its heap has given out. */
@FunctionalInterface
public interface HostState {

  /**
   * Remembers the state of this moment.
   *
   * @return goes back to it, any number of times
   */
  Runnable checkpoint();
}
