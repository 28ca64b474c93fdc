package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;

/** Prints the decoder and one instruction; run in a JVM of its own. */
final class DecodeOne {
  private DecodeOne() {}

  public static void main(String[] args) {
    ArmDecoder decoder = ArmDecoder.of(ArmSet.T32);
    Instruction instruction = decoder.decode(0x1C40, 2, 0x1000, new ItState(0x18));
    String library = ArmDecoder.nativeLibrary().replaceAll(" \\(.*", "");
    System.out.println(library + ": " + decoder.format(instruction));
  }
}
