package io.github.optprobe.internal;

import io.github.optprobe.PlaceRefusal;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;

/** Sets and ends limits while probes may stand there already. Used under the registry's lock. */
final class Limits {
  private final OffLimits offLimits;
  private final Neighbours neighbours;
  private final SlotKeeper slots;

  Limits(OffLimits offLimits, Neighbours neighbours, SlotKeeper slots) {
    this.offLimits = offLimits;
    this.neighbours = neighbours;
    this.slots = slots;
  }

  void blacklist(AddressRange range, String reason) {
    requireUntouched(range);
    offLimits.add(range, reason, false);
  }

  void blacklist(String symbol, String reason) {
    List<AddressRange> ranges = offLimits.rangesOf(symbol);
    ranges.forEach(this::requireUntouched);
    neighbours.all().forEach(probe -> requireOutside(symbol, probe));
    ranges.forEach(range -> offLimits.add(range, reason, false));
    offLimits.addSymbol(symbol, reason);
  }

  OffLimits.Entry reserve(AddressRange range, String owner) {
    requireUntouched(range);
    return offLimits.add(range, owner, true);
  }

  /** No probe may have overwritten it, nor have a detour buffer or an island made for it. */
  private void requireUntouched(AddressRange range) {
    if (slots.hasIslandIn(range)) {
      throw new IllegalStateException("an island is in the way in " + range);
    }
    for (Aggregate probe : neighbours.reaching(range)) {
      // A window begins with the instruction, so that it holds all of it.
      if (mayOverwrite(probe).overlaps(range)) {
        throw new IllegalStateException("%s is in the way in %s".formatted(probe, range));
      }
    }
  }

  private void requireOutside(String symbol, Aggregate probe) {
    if (offLimits.isIn(symbol, mayOverwrite(probe))) {
      throw new IllegalStateException("%s is in the way in %s".formatted(probe, symbol));
    }
  }

  private static AddressRange mayOverwrite(Aggregate probe) {
    PreparedDetour detour = probe.detour();
    return detour == null ? probe.instruction() : detour.window();
  }

  /** Ends a reservation; returns the probes that it kept from having a detour buffer. */
  List<Aggregate> endReservation(OffLimits.Entry entry) {
    offLimits.remove(entry);
    List<Aggregate> freed = new ArrayList<>();
    for (Aggregate probe : neighbours.reaching(entry.range())) {
      if (probe.detourRefusal() instanceof PlaceRefusal.Reserved reserved
          && reserved.range().equals(entry.range())) {
        probe.setDetourRefusal(null);
        freed.add(probe);
      }
    }
    return freed;
  }
}
