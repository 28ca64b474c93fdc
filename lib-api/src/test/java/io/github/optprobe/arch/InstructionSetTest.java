package io.github.optprobe.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.CodeAddress;
import org.junit.jupiter.api.Test;

class InstructionSetTest {
  private static final InstructionSet WIDE = new InstructionSet("wide", 64, 1);
  private static final InstructionSet NARROW = new InstructionSet("narrow", 32, 4);

  @Test
  void addressesAreUnsigned() {
    assertThat(NARROW.canAddress(0xFFFF_FFFFL)).isTrue();
    assertThat(NARROW.canAddress(0x1_0000_0000L)).isFalse();
    assertThat(NARROW.canAddress(-1)).isFalse();
    assertThat(WIDE.canAddress(-1)).isTrue();
    assertThat(new InstructionSet("one", 1, 1).canAddress(2)).isFalse();
  }

  @Test
  void knowsAlignment() {
    assertThat(NARROW.isAligned(8)).isTrue();
    assertThat(NARROW.isAligned(9)).isFalse();
    assertThat(NARROW.isAligned(10)).isFalse();
    assertThat(WIDE.isAligned(-1)).isTrue();
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatIllegalArgumentException().isThrownBy(() -> new InstructionSet("x", 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new InstructionSet("x", 65, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new InstructionSet("x", 8, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new InstructionSet("x", 8, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new InstructionSet("x", 8, Integer.MIN_VALUE));
  }

  @Test
  void codeAddressCarriesItsInstructionSet() {
    CodeAddress address = new CodeAddress(0xFFFF_FFF0L, NARROW);

    assertThat(address.plus(4)).isEqualTo(new CodeAddress(0xFFFF_FFF4L, NARROW));
    assertThat(address.plus(-0x10).value()).isEqualTo(0xFFFF_FFE0L);
    assertThat(address).isNotEqualTo(new CodeAddress(0xFFFF_FFF0L, WIDE));
    assertThat(address).hasToString("0xfffffff0 (narrow)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> address.plus(0x10))
        .withMessage("0x100000000 does not fit the 32-bit addresses of narrow");
    assertThat(new CodeAddress(-1, WIDE)).hasToString("0xffffffffffffffff (wide)");
  }
}
