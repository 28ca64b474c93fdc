package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.registers.ArmRegisters;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Registers in an array. */
final class PlainRegisters implements Registers {
  private static final int COUNT = 17;
  private static final long MASK = 0xFFFF_FFFFL;

  private final int[] values;

  PlainRegisters() {
    this(new int[COUNT]);
  }

  private PlainRegisters(int[] values) {
    this.values = values.clone();
  }

  @Override
  public RegisterFile file() {
    return ArmRegisters.FILE;
  }

  @Override
  public long get(int index) {
    return values[index] & MASK;
  }

  @Override
  public void set(int index, long value) {
    values[index] = (int) value;
  }

  int cpsr() {
    return values[ArmRegisters.CPSR];
  }

  PlainRegisters copy() {
    return new PlainRegisters(values);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PlainRegisters that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < COUNT; i++) {
      text.append("%s=%08x ".formatted(file().names().get(i), values[i]));
    }
    return text.toString();
  }
}
