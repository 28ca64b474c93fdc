package io.github.optprobe.internal;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.TextMemory;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says whether jumps may be written over windows: whether no CPU stands between their instructions,
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
   * Sends new traps at the probes into their detour buffers, so that they do not come back into the
   * windows, and looks, once for all of them, whether older ones are through. Where they are not,
   * traps go where they went before.
   *
   * @return those whose jumps may be written; traps stay diverted there
   */
  List<Aggregate> divertAndCheck(Collection<Aggregate> probes) {
    probes.forEach(probe -> probe.setDiverting(true));
    List<Aggregate> beyondTraps = probes.stream().filter(this::isFreeOfTraps).toList();
    // In the order in which a CPU comes: trap, copy, window. So none slips through in between.
    Predicate<AddressRange> quiescent = text.quiescence();
    List<Aggregate> free = beyondTraps.stream().filter(probe -> isFree(probe, quiescent)).toList();
    if (free.size() < probes.size()) {
      Set<Aggregate> others = new HashSet<>(probes);
      free.forEach(others::remove);
      others.forEach(probe -> probe.setDiverting(false));
    }
    return free;
  }

  private static AddressRange window(Aggregate probe) {
    return Objects.requireNonNull(probe.detour()).window();
  }

  /** A CPU at the first instruction is no danger: it meets the breakpoint. */
  private static boolean isOneInstruction(Aggregate probe) {
    return window(probe).equals(probe.instruction());
  }

  private boolean isFreeOfTraps(Aggregate probe) {
    return isOneInstruction(probe) || !trapInProgress.test(neighbours.around(window(probe)));
  }

  private boolean isFree(Aggregate probe, Predicate<AddressRange> quiescent) {
    if (isOneInstruction(probe)) {
      return true;
    }
    AddressRange window = window(probe);
    AddressRange around = neighbours.around(window);
    return neighbours.in(around).stream()
            .allMatch(other -> leadsNobodyInto(window, other, probe, quiescent))
        && slots.isQuiescentAround(around, quiescent)
        && quiescent.test(new AddressRange(window.first() + 1, window.last()));
  }

  private static boolean leadsNobodyInto(
      AddressRange window, Aggregate other, Aggregate probe, Predicate<AddressRange> quiescent) {
    return copyLeadsNobodyInto(window, other, quiescent)
        // Its own buffer leads behind the window, and is where traps are being sent.
        && (other == probe || bufferLeadsNobodyInto(window, other, quiescent));
  }

  private static boolean copyLeadsNobodyInto(
      AddressRange window, Aggregate other, Predicate<AddressRange> quiescent) {
    return !window.contains(other.addressValue())
        || quiescent.test(other.prepared().copy().slot().range());
  }

  private static boolean bufferLeadsNobodyInto(
      AddressRange window, Aggregate other, Predicate<AddressRange> quiescent) {
    PreparedDetour detour = other.detour();
    return detour == null
        || !detour.window().overlaps(window)
        || (quiescent.test(detour.buffer().slot().range())
            && detour.link().map(RelocatedCode::slot).map(Slot::range).stream()
                .allMatch(quiescent));
  }
}
