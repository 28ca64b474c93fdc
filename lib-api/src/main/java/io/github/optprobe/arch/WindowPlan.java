package io.github.optprobe.arch;

import io.github.optprobe.text.AddressRange;

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
}
