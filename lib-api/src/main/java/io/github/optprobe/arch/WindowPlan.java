package io.github.optprobe.arch;

import io.github.optprobe.Refusal;
import io.github.optprobe.text.AddressRange;
import java.util.Optional;

/**
 * What {@link Architecture#planWindow(Preparation)} found: the whole instructions that a jump at an
 * address would overwrite, each of which can be moved. Implemented by architecture modules,
 * immutable.
 */
public interface WindowPlan {

  /** The bytes of the whole instructions, from the probed one on. */
  AddressRange window();

  /** How many instructions these are, at least 1. */
  int instructions();

  /**
   * Why the window may not be overwritten unless it is known by which branches and landings its
   * instructions are reached: it has code behind a jump or return, which is dead or reached by
   * something else. Empty if each instruction is reached from the one before.
   */
  default Optional<Refusal> unlessEntriesKnown() {
    return Optional.empty();
  }
}
