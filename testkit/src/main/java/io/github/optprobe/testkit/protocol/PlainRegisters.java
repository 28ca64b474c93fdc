package io.github.optprobe.testkit.protocol;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;

/** Registers of a CPU that is not there, all 0 at first. */
final class PlainRegisters implements Registers {
  private final RegisterFile file;
  private final long[] values;

  PlainRegisters(RegisterFile file) {
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
