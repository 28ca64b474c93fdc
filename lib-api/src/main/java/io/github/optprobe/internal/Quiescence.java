package io.github.optprobe.internal;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Says whether a jump may be written over a window: whether no CPU stands between its instructions,
 * nor will come there. It will if it is in a copy that leads back there, or in the middle of a trap
 * that will send it into one. Used under the registry's lock.
 */
final class Quiescence {
  private final TextMemory text;
  private final Neighbours neighbours;
  private final SlotKeeper slots;
  private final Predicate<AddressRange> trapInProgress;

  /**
   * Creates it.
   *
   * @param trapInProgress whether some CPU is in the middle of a trap at an address in a range
   */
  Quiescence(
      TextMemory text,
      Neighbours neighbours,
      SlotKeeper slots,
      Predicate<AddressRange> trapInProgress) {
    this.text = text;
    this.neighbours = neighbours;
    this.slots = slots;
    this.trapInProgress = trapInProgress;
  }

  /**
   * Sends new traps at the probe into its detour buffer, so that they do not come back into the
   * window, and looks whether older ones are through. If not, traps go where they went before.
   *
   * @return whether the jump may be written; traps stay diverted then
   */
  boolean divertAndCheck(Aggregate probe) {
    probe.setDiverting(true);
    boolean free = isFree(probe);
    if (!free) {
      probe.setDiverting(false);
    }
    return free;
  }

  private boolean isFree(Aggregate probe) {
    PreparedDetour detour = Objects.requireNonNull(probe.detour());
    AddressRange window = detour.window();
    // A CPU at the first instruction is no danger: it meets the breakpoint.
    return window.equals(probe.instruction()) || isFree(probe, window);
  }

  /** In the order in which a CPU comes: trap, copy, window. So none slips through in between. */
  private boolean isFree(Aggregate probe, AddressRange window) {
    AddressRange around = neighbours.around(window);
    return !trapInProgress.test(around)
        && neighbours.in(around).stream().allMatch(other -> leadsNobodyInto(window, other, probe))
        && slots.isQuiescentAround(around)
        && text.isQuiescent(new AddressRange(window.first() + 1, window.last()));
  }

  private boolean leadsNobodyInto(AddressRange window, Aggregate other, Aggregate probe) {
    return copyLeadsNobodyInto(window, other)
        // Its own buffer leads behind the window, and is where traps are being sent.
        && (other == probe || bufferLeadsNobodyInto(window, other));
  }

  private boolean copyLeadsNobodyInto(AddressRange window, Aggregate other) {
    return !window.contains(other.addressValue())
        || text.isQuiescent(other.prepared().copy().slot().range());
  }

  private boolean bufferLeadsNobodyInto(AddressRange window, Aggregate other) {
    PreparedDetour detour = other.detour();
    return detour == null
        || !detour.window().overlaps(window)
        || text.isQuiescent(detour.buffer().slot().range());
  }
}
