package io.github.optprobe.testkit.oracle;

import io.github.optprobe.Cpu;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import java.util.ArrayList;
import java.util.List;

/** Makes a scenario's calls. Not thread-safe. */
public final class Guest {
  private final EmulatedTarget target;
  private final Cpu cpu;
  private final List<Long> results = new ArrayList<>();

  Guest(EmulatedTarget target, Cpu cpu) {
    this.target = target;
    this.cpu = cpu;
  }

  /**
   * Calls a function; its result is compared.
   *
   * @return the result
   * @throws io.github.optprobe.testkit.emulator.GuestFaultException if the guest faults; let it
   *     pass, so that the faults are compared
   */
  public long call(long function, long... arguments) {
    long result = target.run(function, cpu, arguments);
    results.add(result);
    return result;
  }

  /** The target, to set registers and memory before a call. */
  public EmulatedTarget target() {
    return target;
  }

  List<Long> results() {
    return results;
  }
}
