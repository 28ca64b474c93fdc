package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import java.util.Set;

/**
 * What {@link Architecture#prepare} makes for one address: all that may fail has been done, only
 * stores remain. Implemented by architecture modules, immutable.
 */
public interface PreparedProbe {

  /** The probed address. */
  CodeAddress address();

  /** The original bytes of the whole instruction, a copy. */
  byte[] original();

  /**
   * The breakpoint that {@link Architecture#arm} writes at the address, a copy; not longer than the
   * instruction.
   */
  byte[] breakpoint();

  /**
   * The out-of-line copy and its slot. If {@link #tiers()} has {@code EMULATED} only, no CPU is
   * sent there, and it may be anything, in a slot all the same. If they have {@code SINGLE_STEP},
   * its first instruction is stepped whatever it is: an original that does nothing has a copy that
   * does nothing, not one without instructions.
   */
  RelocatedCode copy();

  /** Which of the breakpoint tiers this instruction has; never empty, never {@code OPTIMIZED}. */
  Set<Tier> tiers();
}
