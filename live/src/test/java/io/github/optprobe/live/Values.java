package io.github.optprobe.live;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import java.util.List;

/** Registers of x86-64 that hold what a test gives them. */
final class Values implements Registers {
  static final RegisterFile FILE =
      new RegisterFile(
          List.of(
              "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11",
              "r12", "r13", "r14", "r15", "rip", "rflags"),
          "rip",
          "rsp");

  private final long[] values = new long[FILE.size()];

  private Values() {}

  static Values zeros() {
    return new Values();
  }

  long[] values() {
    return values.clone();
  }

  Values with(String name, long value) {
    set(name, value);
    return this;
  }

  @Override
  public RegisterFile file() {
    return FILE;
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
