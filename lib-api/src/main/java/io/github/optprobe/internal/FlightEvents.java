package io.github.optprobe.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * The events that Java Flight Recorder gets. Loaded only where there is a recorder. Each is an
 * instant, and none but {@link Hit} is on a hit's path.
 */
final class FlightEvents {
  private FlightEvents() {}

  /** What every event says: where. */
  @Category("Optprobe")
  @StackTrace(false)
  abstract static class AtAddress extends Event {
    @Label("Address")
    long address;

    @Label("Instruction Set")
    @Nullable String instructionSet;
  }

  /** What every event of one probe says: which. */
  abstract static class OfProbe extends AtAddress {
    @Label("Probe")
    @Nullable String probe;
  }

  @Name("io.github.optprobe.Registered")
  @Label("Probe Registered")
  static final class Registered extends OfProbe {
    @Label("Enabled")
    boolean enabled;
  }

  @Name("io.github.optprobe.Unregistered")
  @Label("Probe Unregistered")
  static final class Unregistered extends OfProbe {
    @Label("Hits")
    long hits;

    @Label("Missed")
    long nmissed;
  }

  @Name("io.github.optprobe.Enabled")
  @Label("Probe Enabled")
  static final class EnabledChanged extends OfProbe {
    @Label("Enabled")
    boolean enabled;
  }

  @Name("io.github.optprobe.Gone")
  @Label("Probe Gone")
  @Description("The text of the probe was removed")
  static final class Gone extends OfProbe {}

  @Name("io.github.optprobe.Optimized")
  @Label("Probe Optimized")
  static final class Optimized extends AtAddress {}

  @Name("io.github.optprobe.NotOptimized")
  @Label("Probe Not Optimized")
  static final class NotOptimized extends AtAddress {
    @Label("Code")
    @Nullable String code;

    @Label("Reason")
    @Nullable String reason;
  }

  @Name("io.github.optprobe.Unoptimized")
  @Label("Probe Unoptimized")
  static final class Unoptimized extends AtAddress {}

  @Name("io.github.optprobe.HandlerFailed")
  @Label("Probe Handler Failed")
  static final class HandlerFailed extends Event {
    @Label("Probe")
    @Nullable String probe;

    @Label("Failure")
    @Nullable String failure;
  }

  @Name("io.github.optprobe.Hit")
  @Label("Probe Hit")
  @Description("One for each probe whose handler a hit runs; off unless a recording asks for it")
  @Enabled(false)
  static final class Hit extends OfProbe {}
}
