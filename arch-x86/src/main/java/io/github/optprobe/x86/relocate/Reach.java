package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;

/** How far a signed 32-bit displacement leads. */
public final class Reach {
  /**
   * Slots are smaller than this, so that it makes no difference where in the slot one looks from.
   */
  private static final long SLOT_ALLOWANCE = 4096;

  private static final long DISTANCE = (1L << 31) - SLOT_ALLOWANCE;

  private Reach() {}

  /** Where a slot may lie so that each of its instructions reaches {@code target}. */
  public static AddressRange of(long target) {
    return AddressRange.around(target, DISTANCE, DISTANCE);
  }
}
