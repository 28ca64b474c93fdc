package io.github.optprobe.toy;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;

/** Registers in an array, and nothing behind them. Nothing here allocates. */
public final class PlainRegisters implements Registers {
  private final RegisterFile file;
  private final long[] values;

  /** Creates registers that are all 0. */
  public PlainRegisters(RegisterFile file) {
    this.file = file;
    this.values = new long[file.size()];
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
