package io.github.optprobe;

/**
 * How an armed probe costs its target, from the dearest that is always safe to the cheapest that
 * must be shown to be safe.
 */
public enum Tier {
  /** Breakpoint, then the copy in the insn slot is stepped: two traps. */
  SINGLE_STEP,
  /** Breakpoint, then the copy runs and jumps back: one trap. */
  BOOSTED,
  /** Breakpoint, then the instruction's effect is computed in Java: one trap. */
  EMULATED,
  /** A jump into a detour buffer: no trap. */
  OPTIMIZED
}
