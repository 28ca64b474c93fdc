package io.github.optprobe.x86.decode;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * Known instructions with known fields: whether the loaded library really has the layout and the
 * numbering that {@link ZydisLayout} and the enums of this package assume.
 */
final class SelfCheck {
  /** One instruction and the {@link FieldSummary} that it must have in 64-bit mode. */
  record Known(String hex, String summary) {}

  static final List<Known> KNOWN =
      List.of(
          new Known("74 10", "jz len=2 LEGACY/ONE_BYTE:74 rel@1+1=0x10 COND_RELATIVE"),
          new Known("0f 85 00 01 00 00", "jnz len=6 LEGACY/MAP_0F:85 rel@2+4=0x100 COND_RELATIVE"),
          new Known(
              "48 83 3d 10 00 00 00 07",
              "cmp len=8 LEGACY/ONE_BYTE:83 modrm@2=3d disp@3+4=0x10 simm@7+1=0x7 NEXT rip"),
          new Known(
              "c8 34 12 07", "enter len=4 LEGACY/ONE_BYTE:c8 imm@1+2=0x1234 imm@3+1=0x7 NEXT"),
          new Known(
              "c4 e2 7d 18 05 00 02 00 00",
              "vbroadcastss len=9 VEX/MAP_0F38:18 modrm@4=05 disp@5+4=0x200 NEXT rip"),
          new Known(
              "62 f3 6d 48 25 0d 20 00 00 00 55",
              "vpternlogd len=11 EVEX/MAP_0F3A:25 modrm@5=0d disp@6+4=0x20 imm@10+1=0x55 NEXT rip"),
          new Known(
              "62 f5 74 48 58 0d 20 00 00 00",
              "vaddph len=10 EVEX/MAP_5:58 modrm@5=0d disp@6+4=0x20 NEXT rip"),
          new Known(
              "8f e8 78 c0 05 20 00 00 00 03",
              "vprotb len=10 XOP/XOP_8:c0 modrm@4=05 disp@5+4=0x20 imm@9+1=0x3 NEXT rip"),
          new Known("0f 0f c1 9e", "pfadd len=4 THREE_DNOW/MAP_0F0F:9e modrm@2=c1 NEXT"),
          new Known(
              "67 ff 25 04 00 00 00",
              "jmp len=7 LEGACY/ONE_BYTE:ff modrm@2=25 disp@3+4=0x4 JUMP_INDIRECT eip"),
          new Known(
              "48 ff 2d 04 00 00 00",
              "jmp len=7 LEGACY/ONE_BYTE:ff modrm@2=2d disp@3+4=0x4 FAR rip"));

  private SelfCheck() {}

  /** What differs, one line each; empty when all is well. */
  static List<String> differences(Function<byte[], Decoded> decode) {
    List<String> differences = new ArrayList<>();
    for (Known known : KNOWN) {
      byte[] code = HexFormat.ofDelimiter(" ").parseHex(known.hex());
      Decoded decoded = decode.apply(code);
      String found = decoded instanceof Instruction i ? FieldSummary.of(i) : decoded.toString();
      if (!found.equals(known.summary())) {
        differences.add(known.hex() + ": expected " + known.summary() + ", found " + found);
      }
    }
    return differences;
  }
}
