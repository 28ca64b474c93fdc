package io.github.optprobe.internal;

import io.github.optprobe.ProbeListener;
import java.util.ArrayList;
import java.util.List;

/** Who is told of what happens: the user's listeners, and Flight Recorder where there is one. */
final class Observers {
  /** An image may come without Flight Recorder; then nothing of ours that needs it is loaded. */
  private static final boolean HAS_FLIGHT_RECORDER =
      ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private Observers() {}

  static List<ProbeListener> of(List<ProbeListener> listeners) {
    List<ProbeListener> all = new ArrayList<>(listeners);
    if (HAS_FLIGHT_RECORDER) {
      all.add(new FlightRecorder());
    }
    return all;
  }

  static HitEvents hitEvents() {
    return HAS_FLIGHT_RECORDER ? FlightRecorder.hits() : HitEvents.NONE;
  }
}
