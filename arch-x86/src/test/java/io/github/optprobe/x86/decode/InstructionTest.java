package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstructionTest {
  @Test
  void bytesAreCopies() {
    Instruction instruction = Decode.in64("48 89 e5");
    instruction.bytes()[0] = 0;

    assertThat(instruction.bytes()).isEqualTo(Decode.bytes("48 89 e5"));
  }

  @Test
  void bytesOfTheCallersArrayAreNotKept() {
    byte[] code = Decode.bytes("48 89 e5 90");
    Instruction instruction = (Instruction) X86Decoder.for64Bit().decode(code, 0);
    code[0] = (byte) 0xCC;

    assertThat(instruction.bytes()).isEqualTo(Decode.bytes("48 89 e5"));
  }

  /** Lengths 1, 7, 8, 9 and 15: at and around the limits of a machine word. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "90",
        "48 8d 3d 44 33 22 11",
        "67 48 8d 3d 44 33 22 11",
        "66 0f 1f 84 00 44 33 22 11",
        "2e 2e 67 48 81 84 24 44 33 22 11 88 77 66 55"
      })
  void byteAtAgreesWithBytesAtEveryLength(String hex) {
    byte[] code = Decode.bytes(hex);
    Instruction instruction = Decode.in64(hex);

    assertThat(instruction.bytes()).isEqualTo(code);
    assertThat(instruction.byteAt(code.length - 1)).isEqualTo(code[code.length - 1]);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> instruction.byteAt(code.length));
  }

  @Test
  void equalityIsModeAddressAndBytes() {
    Instruction nop = Decode.in64("90");

    assertThat(nop).isEqualTo(Decode.in64("90")).hasSameHashCodeAs(Decode.in64("90"));
    assertThat(nop).isNotEqualTo(Decode.in64("90", 1)).isNotEqualTo(Decode.in32("90"));
    assertThat(nop).isNotEqualTo(Decode.in64("cc"));
  }

  @Test
  void bytesBehindTheInstructionDoNotCount() {
    assertThat(Decode.in64("90 cc cc")).isEqualTo(Decode.in64("90"));
    assertThat(Decode.in64("66 0f 1f 84 00 44 33 22 11 cc"))
        .isEqualTo(Decode.in64("66 0f 1f 84 00 44 33 22 11"));
  }

  @Test
  void prefixesAreFoundWhateverTheyMean() {
    Instruction pxor = Decode.in64("66 0f ef c0");
    assertThat(pxor.prefixCount()).isEqualTo(1);
    assertThat(pxor.hasOperandSizePrefix()).isTrue();
    assertThat(pxor.hasPrefix(0xEF)).isFalse();

    Instruction lea = Decode.in64("67 48 8d 05 10 00 00 00");
    assertThat(lea.prefixCount()).isEqualTo(2);
    assertThat(lea.hasAddressSizePrefix()).isTrue();
    assertThat(lea.hasPrefix(0x48)).isTrue();
  }

  @Test
  void vexAndEvexAreNotPrefixes() {
    assertThat(Decode.in64("c5 fc 10 0d 44 33 22 11").prefixCount()).isZero();
    assertThat(Decode.in64("62 f1 7c 48 10 40 10").prefixCount()).isZero();
  }

  @Test
  void repeatAndLockPrefixesTellWhatTheyDo() {
    assertThat(Decode.in64("f3 a4").hasRep()).isTrue();
    assertThat(Decode.in64("f3 a6").hasRepe()).isTrue();
    assertThat(Decode.in64("f2 a6").hasRepne()).isTrue();
    assertThat(Decode.in64("f0 01 0f").hasLock()).isTrue();
    assertThat(Decode.in64("f3 c3").hasRep()).isFalse();
  }

  @Test
  void widthsFollowModeAndPrefixes() {
    assertThat(Decode.in64("48 89 e5").operandWidth()).isEqualTo(64);
    assertThat(Decode.in64("66 89 e5").operandWidth()).isEqualTo(16);
    assertThat(Decode.in64("67 8b 00").addressWidth()).isEqualTo(32);
    assertThat(Decode.in32("67 8b 00").addressWidth()).isEqualTo(16);
  }

  @Test
  void generalRegistersOfOperandsAreTold() {
    Instruction load = Decode.in64("4a 8b 44 8c 11"); // mov rax, [rsp+r9*4+0x11]
    assertThat(load.generalRegistersRead()).isEqualTo(1 << 4 | 1 << 9);
    assertThat(load.generalRegistersWritten()).isEqualTo(1);

    Instruction push = Decode.in64("55");
    assertThat(push.generalRegistersRead()).isEqualTo(1 << 4 | 1 << 5);
    assertThat(push.generalRegistersWritten()).isEqualTo(1 << 4);

    Instruction highByte = Decode.in64("88 fc"); // mov ah, bh
    assertThat(highByte.generalRegistersRead()).isEqualTo(1 << 3);
    assertThat(highByte.generalRegistersWritten()).isEqualTo(1);
  }

  @Test
  void nextAddressWrapsAtTheModesWidth() {
    assertThat(Decode.in64("90", -1L).nextAddress()).isZero();
    assertThat(Decode.in32("90", 0xFFFF_FFFFL).nextAddress()).isZero();
  }

  @Test
  void textShowsAddressBytesAndMnemonic() {
    assertThat(Decode.in64("48 89 e5")).hasToString("0x401000: 48 89 e5 (mov)");
  }
}
