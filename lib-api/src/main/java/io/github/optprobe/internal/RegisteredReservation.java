package io.github.optprobe.internal;

import io.github.optprobe.Reservation;
import io.github.optprobe.text.AddressRange;

/** A reservation in a registry. */
final class RegisteredReservation implements Reservation {
  private final Registry registry;
  private final OffLimits.Entry entry;

  RegisteredReservation(Registry registry, OffLimits.Entry entry) {
    this.registry = registry;
    this.entry = entry;
  }

  @Override
  public AddressRange range() {
    return entry.range();
  }

  @Override
  public String owner() {
    return entry.reason();
  }

  @Override
  public void close() {
    registry.endReservation(entry);
  }
}
