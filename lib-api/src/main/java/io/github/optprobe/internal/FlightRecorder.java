package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.Refusal;
import io.github.optprobe.text.TextException;

/** Turns what a listener is told into events of Java Flight Recorder. */
final class FlightRecorder implements ProbeListener {

  /**
   * Looks first whether anybody wants hits: an event that nobody wants is not even made. Asked of
   * an event and not of its type, because looking up a type starts the recorder.
   */
  static HitEvents hits() {
    FlightEvents.Hit any = new FlightEvents.Hit();
    return (probe, member) -> {
      if (any.isEnabled()) {
        commit(new FlightEvents.Hit(), member);
      }
    };
  }

  @Override
  public void registered(ProbeHandle probe) {
    FlightEvents.Registered event = new FlightEvents.Registered();
    event.enabled = probe.isEnabled();
    commit(event, probe);
  }

  @Override
  public void unregistered(ProbeHandle probe) {
    FlightEvents.Unregistered event = new FlightEvents.Unregistered();
    event.hits = probe.hits();
    event.nmissed = probe.nmissed();
    commit(event, probe);
  }

  @Override
  public void enabled(ProbeHandle probe) {
    enabledChanged(probe, true);
  }

  @Override
  public void disabled(ProbeHandle probe) {
    enabledChanged(probe, false);
  }

  private static void enabledChanged(ProbeHandle probe, boolean enabled) {
    FlightEvents.EnabledChanged event = new FlightEvents.EnabledChanged();
    event.enabled = enabled;
    commit(event, probe);
  }

  @Override
  public void gone(ProbeHandle probe) {
    commit(new FlightEvents.Gone(), probe);
  }

  @Override
  public void optimized(CodeAddress address) {
    commit(new FlightEvents.Optimized(), address);
  }

  @Override
  public void unoptimized(CodeAddress address) {
    commit(new FlightEvents.Unoptimized(), address);
  }

  @Override
  public void notOptimized(CodeAddress address, Refusal reason) {
    notOptimized(address, reason.code(), reason.message());
  }

  @Override
  public void optimizeFailed(CodeAddress address, TextException failure) {
    notOptimized(address, "STORE_FAILED", String.valueOf(failure.getMessage()));
  }

  private static void notOptimized(CodeAddress address, String code, String reason) {
    FlightEvents.NotOptimized event = new FlightEvents.NotOptimized();
    event.code = code;
    event.reason = reason;
    commit(event, address);
  }

  @Override
  public void handlerFailed(Probe probe, Throwable failure) {
    FlightEvents.HandlerFailed event = new FlightEvents.HandlerFailed();
    if (event.shouldCommit()) {
      event.probe = probe.toString();
      event.failure = failure.toString();
      event.commit();
    }
  }

  private static void commit(FlightEvents.OfProbe event, ProbeHandle handle) {
    if (event.shouldCommit()) {
      event.probe = handle.probe().toString();
      commit(event, handle.address());
    }
  }

  private static void commit(FlightEvents.AtAddress event, CodeAddress address) {
    if (event.shouldCommit()) {
      event.address = address.value();
      event.instructionSet = address.instructionSet().name();
      event.commit();
    }
  }
}
