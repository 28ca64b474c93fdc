package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  private static final long TOP = 0xFFFF_FFFF_FFFF_FFF0L;

  @Test
  void branchesCountFromTheirEnd() {
    assertThat(Decode.in64("eb fe").branchTarget()).isEqualTo(Decode.ADDRESS);
    assertThat(Decode.in64("e8 00 00 00 00").branchTarget()).isEqualTo(Decode.ADDRESS + 5);
    assertThat(Decode.in64("0f 84 00 f0 ff ff").branchTarget()).isEqualTo(Decode.ADDRESS - 0xFFA);
    assertThat(Decode.in64("67 e3 05").branchTarget()).isEqualTo(Decode.ADDRESS + 8);
    assertThat(Decode.in64("c7 f8 10 00 00 00").branchTarget()).isEqualTo(Decode.ADDRESS + 0x16);
  }

  @Test
  void sixtyFourBitBranchesWrapAt64Bits() {
    assertThat(Decode.in64("eb 7f", TOP).branchTarget()).isEqualTo(0x71);
    assertThat(Decode.in64("eb fc", 0).branchTarget()).isEqualTo(-2);
  }

  @Test
  void operandSizePrefixIsIgnoredBeforeNearBranchesIn64BitMode() {
    Instruction jump = Decode.in64("66 e9 00 10 00 00");

    assertThat(jump.length()).isEqualTo(6);
    assertThat(jump.branchTarget()).isEqualTo(Decode.ADDRESS + 0x1006);
    assertThat(jump.hasOperandSizePrefix()).isTrue();
  }

  @Test
  void thirtyTwoBitBranchesWrapAt32Bits() {
    assertThat(Decode.in32("eb 7f", 0xFFFF_FFF0L).branchTarget()).isEqualTo(0x71);
    assertThat(Decode.in32("e9 f0 ff ff ff", 0).branchTarget()).isEqualTo(0xFFFF_FFF5L);
  }

  @Test
  void sixteenBitBranchesWrapAt16Bits() {
    assertThat(Decode.in32("66 e9 00 10").branchTarget()).isEqualTo(0x2004);
    assertThat(Decode.in32("66 eb 10").branchTarget()).isEqualTo(0x1013);
    assertThat(Decode.in32("66 74 f0").branchTarget()).isEqualTo(0xFF3);
  }

  @Test
  void addressSizePrefixOfJcxzDoesNotTruncateTheTarget() {
    assertThat(Decode.in32("67 e3 fe").branchTarget()).isEqualTo(Decode.ADDRESS + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff 25 00 00 00 00", "8d 05 00 00 00 00", "c3", "90", "ff e0", "48 cf"})
  void othersAreNotRelativeBranches(String hex) {
    Instruction instruction = Decode.in64(hex);

    assertThat(instruction.relativeBranch()).isFalse();
    assertThatIllegalStateException().isThrownBy(instruction::branchTarget);
  }

  @Test
  void ripRelativeOperandsCountFromTheEndBehindTheImmediate() {
    assertThat(Decode.in64("48 8d 3d 44 33 22 11", 0).ripRelativeTarget()).isEqualTo(0x1122334b);
    assertThat(Decode.in64("83 3d 44 33 22 11 55", 0).ripRelativeTarget()).isEqualTo(0x1122334b);
    assertThat(Decode.in64("8d 05 f0 ff ff ff", 0).ripRelativeTarget()).isEqualTo(-10);
    assertThat(Decode.in64("8d 05 10 00 00 00", TOP).ripRelativeTarget()).isEqualTo(6);
  }

  @Test
  void eipRelativeOperandsAreTruncatedTo32Bits() {
    Instruction lea = Decode.in64("67 8d 05 f0 ff ff ff", 0x7_0000_0000L);

    assertThat(lea.ripRelative()).isTrue();
    assertThat(lea.eipRelative()).isTrue();
    assertThat(lea.ripRelativeTarget()).isEqualTo(0xFFFF_FFF7L);
    assertThat(Decode.in64("8d 05 f0 ff ff ff").eipRelative()).isFalse();
  }

  @Test
  void fsAndGsPrefixesAreTold() {
    assertThat(Decode.in64("64 48 8b 05 10 00 00 00").hasFsOrGsPrefix()).isTrue();
    assertThat(Decode.in64("65 48 8b 05 10 00 00 00").hasFsOrGsPrefix()).isTrue();
    assertThat(Decode.in64("48 8b 05 10 00 00 00").hasFsOrGsPrefix()).isFalse();
  }

  /** SIB without base, other mod, register operand, and the move that ignores mod. */
  @ParameterizedTest
  @ValueSource(strings = {"8b 04 25 10 00 00 00", "8b 45 10", "8b c5", "0f 20 05", "eb 00", "90"})
  void othersAreNotRipRelative(String hex) {
    Instruction instruction = Decode.in64(hex);

    assertThat(instruction.ripRelative()).isFalse();
    assertThatIllegalStateException().isThrownBy(instruction::ripRelativeTarget);
  }

  @Test
  void theSameModrmIsAnAbsoluteAddressIn32BitMode() {
    assertThat(Decode.in32("8b 05 10 00 00 00").ripRelative()).isFalse();
  }
}
