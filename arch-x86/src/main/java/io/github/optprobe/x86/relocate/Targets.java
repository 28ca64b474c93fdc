package io.github.optprobe.x86.relocate;

/** Where execution that was to go to an original address must go from relocated code. */
@FunctionalInterface
public interface Targets {

  /**
   * The address to branch to: the relocated form of an instruction inside the window, the original
   * address for everything else, the probed address included: a branch there is a hit.
   */
  long of(long originalTarget);
}
