package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.AddressRange;
import java.util.Optional;

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

  /**
   * What the jump needs besides the buffer, where it has to: an island, which is code in padding
   * that leads on to the buffer, or a slot that holds the buffer's address. Taken from {@link
   * Preparation#islands()} or {@link Preparation#slots()}, written and freed as the buffer is.
   * Execution in it stands for the probed address.
   */
  default Optional<RelocatedCode> link() {
    return Optional.empty();
  }

  /** The form of {@link #jump()}. */
  default JumpForm form() {
    return new JumpForm("jump", jump().length, "wherever its detour buffer may lie");
  }
}
