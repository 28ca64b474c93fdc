package io.github.optprobe.text;

import java.util.Optional;

/** Hands out slots. What an architecture module sees of a {@link SlotPool}. */
@FunctionalInterface
public interface SlotAllocator {

  /**
   * Allocates a slot that lies wholly within an interval.
   *
   * @param bytes its size, positive
   * @param within where it must lie
   * @return the slot, or empty if no memory in the interval is free
   * @throws TextException if the text memory fails
   */
  Optional<Slot> allocate(int bytes, AddressRange within);
}
