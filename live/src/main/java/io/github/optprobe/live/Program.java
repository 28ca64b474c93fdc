package io.github.optprobe.live;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;

/**
 * Machine code that runs a probe's handlers and goes on in its copy or in its window.
 *
 * @param slot where it lies
 * @param goesOn the address to which it leads
 */
record Program(Slot slot, long goesOn) {

  long start() {
    return slot.address();
  }

  AddressRange range() {
    return slot.range();
  }
}
