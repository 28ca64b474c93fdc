package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class X86DecoderTest {
  private final X86Decoder decoder = X86Decoder.for64Bit();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0f 84 44 33 22 11",
        "67 48 8d 3d 44 33 22 11",
        "49 c7 85 44 33 22 11 88 77 66 55",
        "49 ba 88 77 66 55 44 33 22 11",
        "c4 e3 75 0f 15 44 33 22 11 55",
        "62 f3 75 49 25 15 44 33 22 11 55",
        "8f e8 78 c0 0d 44 33 22 11 55",
        "0f 0f 0d 44 33 22 11 9e",
        "f0 83 05 44 33 22 11 55"
      })
  void instructionsCutShortAnywhereAreTruncated(String hex) {
    byte[] code = Decode.bytes(hex);
    for (int length = 0; length < code.length; length++) {
      assertThat(decoder.decode(code, 0, length, 0x10))
          .isEqualTo(new Undecodable(DecodeFailure.TRUNCATED, 0x10, length));
    }
    assertThat(decoder.decode(code, 0x10)).isInstanceOf(Instruction.class);
  }

  @ParameterizedTest
  @CsvSource({
    "06, INVALID", // push es, not in 64-bit mode
    "f0 90, ILLEGAL_LOCK",
    "44 0f 20 c8, BAD_REGISTER", // cr9
    "66 c5 fc 10 c0, ILLEGAL_LEGACY_PREFIX",
    "48 c5 fc 10 c0, ILLEGAL_REX",
    "c4 ff 75 00 c0, INVALID_MAP",
    "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90, TOO_LONG"
  })
  void bytesThatAreNoInstructionSayWhy(String hex, DecodeFailure failure) {
    Decoded decoded = decoder.decode(Decode.bytes(hex), 0x20);

    assertThat(decoded)
        .isEqualTo(new Undecodable(failure, 0x20, Decode.bytes(hex).length))
        .hasToString("0x20: %s in %d bytes", failure, Decode.bytes(hex).length);
  }

  @Test
  void unknownStatusesAreOther() {
    assertThat(DecodeFailure.ofStatus(0x8020_0000)).isEqualTo(DecodeFailure.TRUNCATED);
    assertThat(DecodeFailure.ofStatus(0x8020_000A)).isEqualTo(DecodeFailure.INVALID_MASK);
    assertThat(DecodeFailure.ofStatus(0x8020_000C)).isEqualTo(DecodeFailure.OTHER);
    assertThat(DecodeFailure.ofStatus(0x8010_0004)).isEqualTo(DecodeFailure.OTHER);
  }

  @Test
  void instructionInsideAnArrayIsDecodedThere() {
    byte[] code = Decode.bytes("cc cc 48 89 e5 cc");

    Instruction instruction = (Instruction) decoder.decode(code, 2, 4, 0x1002);

    assertThat(instruction.address()).isEqualTo(0x1002);
    assertThat(instruction.bytes()).isEqualTo(Decode.bytes("48 89 e5"));
  }

  @Test
  void rangesOutsideTheArrayAreRefused() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> decoder.decode(new byte[4], 2, 3, 0));
  }

  @Test
  void addressesOutsideTheModeAreRefused() {
    X86Decoder decoder32 = X86Decoder.for32Bit();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> decoder32.decode(new byte[] {(byte) 0x90}, 0x1_0000_0000L))
        .withMessage("0x100000000 is not an address of 32-bit mode");
  }

  @Test
  void theSameBytesMeanSomethingElseInEachMode() {
    assertThat(Decode.in64("40 90").mnemonic()).isEqualTo("nop");
    assertThat(Decode.in32("40 90").mnemonic()).isEqualTo("inc");
  }

  @Test
  void formatIsIntelSyntaxWithAbsoluteAddresses() {
    assertThat(decoder.format(Decode.in64("74 10"))).isEqualTo("jz 0x0000000000401012");
    assertThat(decoder.format(Decode.in64("48 89 e5"))).isEqualTo("mov rbp, rsp");
    assertThat(decoder.format(Decode.in64("8d 05 10 00 00 00")))
        .isEqualTo("lea eax, [0x0000000000401016]");
    assertThat(decoder.format(Decode.in32("e8 00 00 00 00"))).isEqualTo("call 0x00401005");
  }

  @Test
  void nativeLibraryIsNamedWithVersionAndPlace() {
    assertThat(X86Decoder.nativeLibrary()).matches("Zydis 4\\.[01]\\.\\d+ \\(.+\\)");
  }

  @Test
  void namesAreSharedNotAllocated() {
    assertThat(Decode.in64("48 89 e5").mnemonic()).isSameAs("mov");
    assertThat(Decode.in64("74 10").category()).isSameAs("COND_BR");
  }

  @Test
  void bytesBeyondTheFifteenthAreNotLookedAt() {
    byte[] code = new byte[1000];
    Arrays.fill(code, (byte) 0x66);

    assertThat(decoder.decode(code, 0))
        .isEqualTo(new Undecodable(DecodeFailure.TOO_LONG, 0, code.length));
  }
}
