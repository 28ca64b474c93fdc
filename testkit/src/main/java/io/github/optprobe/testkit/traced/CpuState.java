package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.ptrace.Tracee;

/**
 * The stopped child's registers: read when first asked for after a stop, written back before it
 * runs on if they were changed. Used by the thread that traces.
 */
final class CpuState {
  private static final int NO_SYSTEM_CALL = -1;

  private final Tracee tracee;
  private XstateLayout layout = new XstateLayout(0, 0, -1, -1, -1, -1);
  private boolean loaded;
  private boolean changed;

  CpuState(Tracee tracee) {
    this.tracee = tracee;
  }

  /** What is known is of an earlier stop. */
  void stopped() {
    loaded = false;
    changed = false;
  }

  long get(GeneralRegister register) {
    load();
    return tracee.general().getLong(register.offset());
  }

  void set(GeneralRegister register, long value) {
    load();
    tracee.general().putLong(register.offset(), value);
    changed = true;
  }

  /** All at once, by {@link GeneralRegister#index}. */
  long[] all() {
    load();
    long[] values = new long[Tracee.GENERAL_BYTES / Long.BYTES];
    tracee.general().asLongBuffer().get(0, values);
    return values;
  }

  void setAll(long[] values) {
    tracee.general().asLongBuffer().put(0, values);
    loaded = true;
    changed = true;
  }

  /** Writes back what was changed. */
  void flush() {
    if (changed) {
      // Else the kernel would set the program counter back, to repeat what it takes for a call.
      tracee.general().putLong(GeneralRegister.ORIG_RAX.offset(), NO_SYSTEM_CALL);
      tracee.storeGeneral();
      changed = false;
    }
  }

  XstateLayout layout() {
    return layout;
  }

  void setLayout(XstateLayout layout) {
    this.layout = layout;
  }

  VectorState vectors() {
    byte[] image = new byte[tracee.loadXstate()];
    tracee.xstate().get(0, image);
    return new VectorState(layout, image);
  }

  void setVectors(VectorState state) {
    byte[] image = state.loadable();
    tracee.xstate().put(0, image);
    tracee.storeXstate(image.length);
  }

  private void load() {
    if (!loaded) {
      tracee.loadGeneral();
      loaded = true;
    }
  }
}
