package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;

/**
 * Where the detour buffers of a target that writes its own handler code begin: each jumps through a
 * cell, 8 bytes that hold the address of that code. The code finds all registers as the probed
 * instruction does, leaves them as they are unless a handler changes them, and goes on at the
 * buffer's {@linkplain RelocatedCode#entry() entry}. What is in the cell is the target's business,
 * before the first jump to the buffer is written and at any time after; {@link
 * io.github.optprobe.HitRouter} is told what it needs for that.
 */
@FunctionalInterface
public interface HeadCells {

  /**
   * The cell of a buffer. Called under the registry's lock; the same answer each time while the
   * address is probed, also for a buffer that is only tried and never written.
   *
   * @param probed the probed address
   * @param bufferStart where the buffer begins: the cell must be in reach of a load there (on x86
   *     within 2 GiB)
   * @return its address, aligned to its size
   * @throws io.github.optprobe.text.TextException if no memory is free
   */
  long cellFor(CodeAddress probed, long bufferStart);
}
