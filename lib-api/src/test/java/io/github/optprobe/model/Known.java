package io.github.optprobe.model;

import io.github.optprobe.ProbeState;

/** A probe as the model knows it, and what it has seen. */
final class Known {
  private final Plan plan;
  boolean enabled;

  /** GONE or UNREGISTERED once it is; of other states only that it is there. */
  ProbeState life = ProbeState.ARMED;

  long hits;
  long nmissed;

  Known(Plan plan) {
    this.plan = plan;
    enabled = !plan.kind().startsDisabled();
  }

  Plan plan() {
    return plan;
  }

  boolean isEnabled() {
    return enabled;
  }

  boolean isThere() {
    return life != ProbeState.UNREGISTERED && life != ProbeState.GONE;
  }
}
