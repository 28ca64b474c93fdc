package io.github.optprobe.benchmarks;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;

/** A CPU that is nothing but registers and a stack, in arrays. */
final class ArrayCpu implements Registers, DataMemory {
  /** The first address of its memory. */
  static final long MEMORY = 0x7000_0000L;

  private static final int WORDS = 4096;

  private final RegisterFile file;
  private final long[] values;
  private final long[] memory = new long[WORDS];

  ArrayCpu(RegisterFile file) {
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

  @Override
  public long load(long address, int bytes) {
    return memory[(int) (address - MEMORY) >> 3];
  }

  @Override
  public void store(long address, int bytes, long value) {
    memory[(int) (address - MEMORY) >> 3] = value;
  }
}
