package io.github.optprobe.testkit.conformance;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;

/** Registers that nothing executes with. */
final class KitRegisters implements Registers {
  private final RegisterFile file;
  private final long[] values;

  KitRegisters(RegisterFile file) {
    this.file = file;
    values = new long[file.size()];
  }

  @Override
  public RegisterFile file() {
    return file;
  }

  @Override
  public long get(int index) {
    return values[index];
  }

  @Override
  public void set(int index, long value) {
    values[index] = value;
  }
}
