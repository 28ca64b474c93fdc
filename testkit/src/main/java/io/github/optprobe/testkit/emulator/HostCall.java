package io.github.optprobe.testkit.emulator;

import io.github.optprobe.Cpu;
import io.github.optprobe.arch.DataMemory;

/** One call of a {@link HostFunction}; valid until that returns. */
public final class HostCall {
  private final EmulatedTarget target;
  private final Calls convention;
  private final Cpu cpu;

  HostCall(EmulatedTarget target, Calls convention, Cpu cpu) {
    this.target = target;
    this.convention = convention;
    this.cpu = cpu;
  }

  /**
   * An argument.
   *
   * @param index its place, from 0
   */
  public long argument(int index) {
    return convention.argument(index);
  }

  /** An argument whose type is {@code int}: the upper half of its register is nobody's. */
  public int intArgument(int index) {
    return (int) argument(index);
  }

  /** Where to. */
  public EmulatedTarget target() {
    return target;
  }

  /** The guest's memory. */
  public DataMemory data() {
    return target.data();
  }

  /**
   * Calls a function of the guest's, as a comparison function for a sort is called.
   *
   * @return its result
   */
  public long callBack(long function, long... arguments) {
    return target.run(function, cpu, arguments);
  }
}
