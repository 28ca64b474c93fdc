package io.github.optprobe.arm32.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaddingReaderTest {
  private static final long BASE = 0x1000;

  /** The bytes as they stand in memory: what is in front, the last instruction, the gap. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          A32 |      | 1eff2fe1 | 00f020e3 0000a0e1 00000000 | true  | bx lr; nop, mov r0 r0, zero
          A32 |      | fdffffea | 00f020e3                   | true  | b
          A32 |      | 1080bde8 | f000f0e7                   | true  | pop {r4, pc}; udf
          A32 |      | 04f01fe5 | 00000000                   | true  | ldr pc
          A32 |      | f000f0e7 | 00000000                   | true  | udf
          A32 |      | 1eff2f01 | 00f020e3                   | false | bxeq lr
          A32 |      | 0000a0e3 | 00f020e3                   | false | mov
          A32 |      | fdffffeb | 00f020e3                   | false | bl
          A32 |      | 000000ef | 00f020e3                   | false | svc
          A32 |      | 1eff2fe1 | 0100a0e1                   | false | bx lr; mov r0, r1
          A32 |      | 1eff2fe1 | 00f020e3 0000              | false | half a word
          A32 |      | 1eff2fe1 | f001f0e7                   | false | bx lr; a debugger's breakpoint
          T32 |      | 7047     | 00bf c046 0000 aff30080    | true  | bx lr; all forms
          T32 |      | 10bd     | ffde                       | true  | pop {r4, pc}; udf
          T32 |      | 7047     | f0f7f0a0 f1f700a0          | true  | bx lr; udf.w
          T32 |      | 7047     | fee7                       | false | bx lr; b
          T32 |      | 7047     | 00bf 18de                  | false | bx lr; a breakpoint of a kernel
          T32 |      | 7047     | f0f718a0                   | false | bx lr; a wide one of a kernel
          T32 |      | fff7febf | 00bf                       | true  | b.w
          T32 | 08bf | 7047     | 00bf                       | false | bx lr in an IT block
          T32 | 0020 | 7047     | 00bf                       | true  | bx lr behind another
          T32 |      | 00bf     | 00bf                       | false | nop
          T32 |      | 7047     | 00bf aff3                  | false | half an instruction
          """)
  void padding_that_nobody_comes_to_is_told_from_other_bytes(
      ArmSet set, String front, String last, String gap, boolean unreached, String why) {
    String ahead = front == null ? "" : front;
    byte[] bytes = HexFormat.of().parseHex((ahead + last + gap).replace(" ", ""));
    long lastAddress = BASE + ahead.length() / 2;
    long gapAddress = lastAddress + last.length() / 2;
    AddressRange range = new AddressRange(gapAddress, BASE + bytes.length - 1);
    PaddingReader reader = new PaddingReader(ArmDecoder.of(set), ByteArrayText.at(BASE, bytes));

    assertThat(reader.isUnreached(new CodeAddress(lastAddress, set.instructionSet()), range))
        .as(why)
        .isEqualTo(unreached);
  }

  @ParameterizedTest
  @CsvSource({"A32, 1eff2fe1", "T32, 70477047"})
  void the_gap_has_to_be_right_behind(ArmSet set, String last) {
    byte[] bytes = HexFormat.of().parseHex(last + "0000000000000000");
    PaddingReader reader = new PaddingReader(ArmDecoder.of(set), ByteArrayText.at(BASE, bytes));
    CodeAddress address = new CodeAddress(BASE, set.instructionSet());

    assertThat(reader.isUnreached(address, AddressRange.ofLength(BASE + 8, 4))).isFalse();
    assertThat(reader.isUnreached(address, AddressRange.ofLength(BASE + 4, 16))).isFalse();
  }
}
