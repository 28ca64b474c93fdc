package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.AddressRange;

/**
 * What {@link Architecture#prepareDetour} makes for one address. Implemented by architecture
 * modules, immutable.
 */
public interface PreparedDetour {

  /** The probed address. */
  CodeAddress address();

  /** The whole instructions that the jump overwrites. */
  AddressRange window();

  /**
   * The jump that {@link Architecture#optimize} writes at the address, a copy; not longer than the
   * window.
   */
  byte[] jump();

  /** The original bytes that {@link #jump()} replaces, a copy, of the same length. */
  byte[] replaced();

  /** The detour buffer. */
  RelocatedCode buffer();
}
