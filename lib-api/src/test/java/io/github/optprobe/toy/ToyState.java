package io.github.optprobe.toy;

import java.util.HexFormat;

/**
 * What a program computed: registers, data memory and how it ended. Dead stack below the stack
 * pointer is left out, because detour buffers save registers there.
 */
public record ToyState(long a, long x, long z, long sp, long pc, String data) {

  static ToyState of(ToyMachine machine, byte[] data) {
    byte[] live = data.clone();
    int sp = (int) machine.stackPointer();
    // The stack grows down from 0xfff0; programs keep their data below 0xf000.
    for (int i = 0xF000; i < sp; i++) {
      live[i] = 0;
    }
    StringBuilder nonZero = new StringBuilder();
    for (int i = 0; i < live.length; i++) {
      if (live[i] != 0) {
        nonZero.append(Integer.toHexString(i)).append('=');
        nonZero.append(HexFormat.of().toHexDigits(live[i])).append(' ');
      }
    }
    return new ToyState(
        machine.get("a"),
        machine.get("x"),
        machine.get("z"),
        machine.stackPointer(),
        machine.programCounter(),
        nonZero.toString());
  }
}
