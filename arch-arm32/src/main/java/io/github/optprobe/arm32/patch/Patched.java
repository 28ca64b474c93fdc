package io.github.optprobe.arm32.patch;

import io.github.optprobe.arch.PreparedDetour;

/** A prepared detour, and what the protocol has to know besides. */
public interface Patched extends PreparedDetour {

  /** The breakpoint over which the jump is written, a copy. */
  byte[] breakpoint();

  /** Whether the jump and the breakpoint are as long as the instruction, in an IT block. */
  boolean inItBlock();
}
