package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.registers.X86Registers;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Registers in an array, of either mode. */
final class PlainRegisters implements Registers {
  private static final RegisterFile FILE_32 =
      new RegisterFile(
          List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags"),
          "eip",
          "esp");

  private final MachineMode mode;
  private final long[] values;

  PlainRegisters(MachineMode mode) {
    this(mode, new long[mode == MachineMode.BITS_64 ? 18 : 10]);
  }

  PlainRegisters(MachineMode mode, long[] values) {
    this.mode = mode;
    this.values = values.clone();
  }

  @Override
  public RegisterFile file() {
    return mode == MachineMode.BITS_64 ? X86Registers.FILE : FILE_32;
  }

  @Override
  public long get(int index) {
    return values[index];
  }

  @Override
  public void set(int index, long value) {
    values[index] = value & mode.addressMask();
  }

  int flagsIndex() {
    return values.length - 1;
  }

  long flags() {
    return values[flagsIndex()];
  }

  void setFlags(long value) {
    set(flagsIndex(), value);
  }

  long[] values() {
    return values.clone();
  }

  PlainRegisters copy() {
    return new PlainRegisters(mode, values);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PlainRegisters that
        && mode == that.mode
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      text.append(file().names().get(i)).append('=');
      text.append(HexFormat.of().withUpperCase().toHexDigits(values[i])).append(' ');
    }
    return text.toString();
  }
}
