package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;
import io.github.optprobe.testkit.decode.FlowClass;

/**
 * A decoder of a made-up instruction set, in which the first byte says all: below 0x40 one byte;
 * below 0x80 two bytes, a jump by the second; below 0xC0 three bytes, r(second) to r(third); else
 * none. Broken ones override what they break.
 */
class TableDecoder implements Decoder {
  static final String SET = "made-up";

  private final String name;

  TableDecoder(String name) {
    this.name = name;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public void decode(CodeInput input, Detail detail, Decoded result) {
    if (input.available() == 0) {
      result.partial();
      return;
    }
    int first = input.get(0);
    int length = first < 0x40 ? 1 : first < 0x80 ? 2 : 3;
    if (first >= 0xC0) {
      result.invalid();
    } else if (length > input.available()) {
      result.partial();
    } else {
      tell(input, length, result);
    }
  }

  private static void tell(CodeInput input, int length, Decoded result) {
    switch (length) {
      case 1 -> result.instruction(1, FlowClass.NEXT).mnemonic("one").registers(0, 0);
      case 2 ->
          result
              .instruction(2, FlowClass.JUMP)
              .mnemonic("jump")
              .target(input.address() + 2 + (byte) input.get(1))
              .registers(0, 0);
      default ->
          result
              .instruction(3, FlowClass.NEXT)
              .mnemonic("move")
              .registers(1L << (input.get(1) & 15), 1L << (input.get(2) & 15));
    }
  }
}
