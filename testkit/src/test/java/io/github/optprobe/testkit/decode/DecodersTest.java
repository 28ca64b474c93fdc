package io.github.optprobe.testkit.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plug-ins say the same of plain instructions, each in its own way. */
class DecodersTest {
  private static final long ADDRESS = 0x40_0000;

  private static Decoded decode(Decoder decoder, String instructionSet, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    CodeInput input = CodeInput.of(instructionSet);
    input.set(bytes, bytes.length, ADDRESS);
    Decoded decoded = new Decoded();
    decoder.decode(input, Detail.TEXT, decoded);
    return decoded;
  }

  private static List<Decoder> decoders(String instructionSet) {
    List<Decoder> usable =
        Decoders.forInstructionSet(instructionSet).stream()
            .filter(each -> List.of("zydis", "capstone", "objdump").contains(each.name()))
            .toList();
    assumeTrue(usable.size() > 1, () -> "too few: " + Decoders.whyNot(instructionSet));
    return usable;
  }

  @ParameterizedTest
  @CsvSource({
    "x86-64, 4889d8, NEXT", // mov %rbx,%rax
    "x86-64, ebfe, JUMP",
    "x86-64, 0f8410000000, JUMP_CONDITIONAL",
    "x86-64, e8fbffffff, CALL",
    "x86-64, ff2500000000, JUMP_INDIRECT",
    "x86-64, ffd0, CALL_INDIRECT",
    "x86-64, c3, RETURN",
    "x86-64, cb, FAR",
    "x86-64, 0f05, SYSTEM",
    "x86-64, 0f0b, TRAP",
    "x86-64, 488d0510000000, NEXT",
    "x86-64, f348ab, NEXT",
    "x86-32, e2fe, JUMP_CONDITIONAL",
    "x86-32, 9a112233445566, FAR",
    "x86-32, 40, NEXT",
    "a32, feffffea, JUMP",
    "a32, feffff0a, JUMP_CONDITIONAL",
    "a32, feffffeb, CALL",
    "a32, 1eff2fe1, JUMP_INDIRECT",
    "a32, 33ff2fe1, CALL_INDIRECT",
    "a32, 0080bde8, JUMP_INDIRECT", // pop {pc}
    "a32, 000000ef, SYSTEM",
    "a32, 0100a0e1, NEXT",
    "t32, fee7, JUMP",
    "t32, fed0, JUMP_CONDITIONAL",
    "t32, 08b1, JUMP_CONDITIONAL", // cbz
    "t32, fff7feff, CALL",
    "t32, 7047, JUMP_INDIRECT",
    "t32, 00bd, JUMP_INDIRECT",
    "t32, 00be, TRAP",
    "t32, 08bf, NEXT" // it
  })
  void theySayTheSame(String instructionSet, String hex, FlowClass flow) {
    Decoded first = null;
    for (Decoder decoder : decoders(instructionSet)) {
      Decoded decoded = decode(decoder, instructionSet, hex);
      assertThat(decoded.length()).as(decoder.name()).isEqualTo(hex.length() / 2);
      assertThat(decoded.flow()).as(decoder.name()).isEqualTo(flow);
      assertThat(decoded.text()).as(decoder.name()).isNotEmpty();
      first = first == null ? decoded : first;
      assertThat(decoded.target()).as(decoder.name()).isEqualTo(first.target());
      if (decoded.hasRegisters() && flow == FlowClass.NEXT) {
        assertThat(decoded.registersRead() & 0x7FFF)
            .as(decoder.name())
            .isEqualTo(first.registersRead() & 0x7FFF);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"x86-64, 0f", "x86-64, 06", "t32, 00f0", "a32, 0000"})
  void whatIsNoneIsNone(String instructionSet, String hex) {
    for (Decoder decoder : decoders(instructionSet)) {
      assertThat(decode(decoder, instructionSet, hex).status())
          .as(decoder.name())
          .isIn(DecodeStatus.INVALID, DecodeStatus.PARTIAL);
    }
  }

  @Test
  void anItBlockDoesNotReachTheNextInput() {
    Decoder capstone =
        decoders("t32").stream().filter(each -> each.name().equals("capstone")).findFirst().get();
    String alone = decode(capstone, "t32", "401c").text();
    decode(capstone, "t32", "18bf401c");
    assertThat(decode(capstone, "t32", "401c").text()).isEqualTo(alone);
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Decoders.named("nobody", "x86-64"))
        .isInstanceOf(DecoderUnavailableException.class)
        .hasMessageContaining("zydis");
    assertThatThrownBy(() -> Decoders.named("objdump", "riscv"))
        .isInstanceOf(DecoderUnavailableException.class);
  }

  @Test
  void aGuardedInputEndsAtItsMemory() {
    assumeTrue(System.getProperty("os.name", "").equals("Linux"), "needs Linux");
    CodeInput input = CodeInput.guarded("x86-64");
    input.set(new byte[] {1, 2, 3}, 3, ADDRESS);
    assertThat(input.offset() + input.available()).isEqualTo(input.memory().capacity());
    assertThat(input.bytes()).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> input.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
