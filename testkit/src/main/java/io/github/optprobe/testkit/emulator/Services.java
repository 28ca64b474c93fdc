package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses at which the guest reaches the target: the gate, where a run returns to, and host
 * functions. At each stands a stub that stops the run.
 */
final class Services {
  static final int BYTES = 1 << 16;

  private static final int STUB_BYTES = 16;
  private static final int EXIT = 0;
  private static final int GATE = 1;
  private static final int FIRST_FUNCTION = 2;

  private final Mapping mapping;
  private final ExecutorProfile profile;
  private final List<HostFunction> functions = new ArrayList<>();

  Services(Mapping mapping, ExecutorProfile profile) {
    this.mapping = mapping;
    this.profile = profile;
    writeStub(EXIT);
    writeStub(GATE);
  }

  AddressRange range() {
    return mapping.range();
  }

  long exit() {
    return addressOf(EXIT);
  }

  long gate() {
    return addressOf(GATE);
  }

  /** The instruction behind the stop, which returns to the stub's caller. */
  long returnOf(long stub) {
    return stub + profile.serviceAdvance();
  }

  /** Adds a host function and returns its address. */
  long add(HostFunction function) {
    int index = FIRST_FUNCTION + functions.size();
    if ((index + 1) * STUB_BYTES > BYTES) {
      throw new IllegalStateException("too many host functions: " + functions.size());
    }
    functions.add(function);
    writeStub(index);
    return addressOf(index);
  }

  /** The stub at which a stopped CPU stands, if it stands behind the stop of one; else -1. */
  long stubBefore(long stoppedAt) {
    long stub = stoppedAt - profile.serviceAdvance();
    boolean isStub =
        mapping.range().contains(stub)
            && (stub - mapping.range().first()) % STUB_BYTES == 0
            && indexOf(stub) < FIRST_FUNCTION + functions.size();
    return isStub ? stub : -1;
  }

  /** The host function whose stub this is. */
  HostFunction functionAt(long stub) {
    return functions.get(indexOf(stub) - FIRST_FUNCTION);
  }

  private int indexOf(long stub) {
    return (int) (stub - mapping.range().first()) / STUB_BYTES;
  }

  private long addressOf(int index) {
    return mapping.range().first() + (long) index * STUB_BYTES;
  }

  private void writeStub(int index) {
    mapping.memory().putLong(index * STUB_BYTES, profile.serviceStub());
  }
}
