package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;

/** How far a signed 32-bit displacement leads. */
public final class Reach {
  /**
   * Slots are smaller than this, so that it makes no difference where in the slot one looks from.
   */
  private static final long SLOT_ALLOWANCE = 4096;

  private static final long DISTANCE = (1L << 31) - SLOT_ALLOWANCE;

  /** The half of the 48-bit address space that programs have. */
  private static final AddressRange LOWER_HALF = new AddressRange(0x1000, 0x7FFF_FFFF_FFFFL);

  /** The half that kernels have. */
  private static final AddressRange UPPER_HALF =
      new AddressRange(0xFFFF_8000_0000_0000L, 0xFFFF_FFFF_FFFF_EFFFL);

  private Reach() {}

  /** Where a slot may lie that is reached by its whole address: in the same half as the text. */
  public static AddressRange farFrom(long text) {
    return text >= 0 ? LOWER_HALF : UPPER_HALF;
  }

  /** Where a slot may lie so that each of its instructions reaches {@code target}. */
  public static AddressRange of(long target) {
    return AddressRange.around(target, DISTANCE, DISTANCE);
  }
}
