package io.github.optprobe.toy;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a program computed: registers, data memory and how it ended. Dead stack below the stack
 * pointer is left out, because detour buffers save registers there.
 */
public record ToyState(long a, long x, long z, long sp, long pc, String data) {
  private static final byte[] ZEROS = new byte[0x10000];

  static ToyState of(ToyMachine machine, byte[] data) {
    int sp = (int) machine.stackPointer();
    StringBuilder nonZero = new StringBuilder();
    // The stack grows down from 0xfff0; programs keep their data below 0xf000.
    append(nonZero, data, 0, Math.min(0xF000, data.length));
    append(nonZero, data, Math.max(0xF000, sp), data.length);
    return new ToyState(
        machine.get("a"),
        machine.get("x"),
        machine.get("z"),
        machine.stackPointer(),
        machine.programCounter(),
        nonZero.toString());
  }

  private static void append(StringBuilder nonZero, byte[] data, int from, int end) {
    for (int at = nextNonZero(data, from, end); at < end; at = nextNonZero(data, at + 1, end)) {
      nonZero.append(Integer.toHexString(at)).append('=');
      nonZero.append(HexFormat.of().toHexDigits(data[at])).append(' ');
    }
  }

  /** Vectorised by the JVM: hundreds of thousands of states are compared. */
  private static int nextNonZero(byte[] data, int from, int end) {
    if (from >= end) {
      return end;
    }
    int offset = Arrays.mismatch(data, from, end, ZEROS, from, end);
    return offset < 0 ? end : from + offset;
  }
}
