package io.github.optprobe.arm32.forms;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.registers.ArmRegisters;
import java.util.Arrays;
import java.util.StringJoiner;

/** The registers of one CPU as plain numbers. */
final class State implements Registers {
  /** The mode in cpsr. */
  static final int USER_MODE = 0x10;

  static final int VECTORS = 16;
  static final int VECTOR_BYTES = 16;

  final int[] core = new int[ArmRegisters.FILE.size()];
  final byte[][] vectors = new byte[VECTORS][VECTOR_BYTES];
  int fpscr;

  State copy() {
    State copy = new State();
    System.arraycopy(core, 0, copy.core, 0, core.length);
    for (int i = 0; i < VECTORS; i++) {
      copy.vectors[i] = vectors[i].clone();
    }
    copy.fpscr = fpscr;
    return copy;
  }

  @Override
  public RegisterFile file() {
    return ArmRegisters.FILE;
  }

  @Override
  public long get(int index) {
    return core[index] & 0xFFFF_FFFFL;
  }

  @Override
  public void set(int index, long value) {
    core[index] = (int) value;
  }

  /** What differs, register by register; empty if nothing does. */
  String difference(State other) {
    StringJoiner all = new StringJoiner(", ");
    for (int i = 0; i < core.length; i++) {
      if (core[i] != other.core[i]) {
        all.add("%s %08x / %08x".formatted(file().names().get(i), core[i], other.core[i]));
      }
    }
    for (int i = 0; i < VECTORS; i++) {
      if (!Arrays.equals(vectors[i], other.vectors[i])) {
        all.add("q" + i);
      }
    }
    if (fpscr != other.fpscr) {
      all.add("fpscr %08x / %08x".formatted(fpscr, other.fpscr));
    }
    return all.toString();
  }

  @Override
  public String toString() {
    StringJoiner all = new StringJoiner(" ");
    for (int i = 0; i < core.length; i++) {
      all.add("%s=%08x".formatted(file().names().get(i), core[i]));
    }
    return all.toString();
  }
}
