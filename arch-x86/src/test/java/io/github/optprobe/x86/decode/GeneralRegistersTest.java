package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneralRegistersTest {
  @ParameterizedTest
  @CsvSource({
    "al, 0",
    "ah, 0",
    "ax, 0",
    "eax, 0",
    "rax, 0",
    "cl, 1",
    "bh, 3",
    "spl, 4",
    "rsp, 4",
    "dil, 7",
    "edi, 7",
    "r8, 8",
    "r8b, 8",
    "r10w, 10",
    "r15d, 15",
    "rip, -1",
    "xmm0, -1",
    "sph, -1",
    "none, -1"
  })
  void everyWidthOfARegisterHasItsNumber(String name, int number) {
    assertThat(GeneralRegisters.number(name)).isEqualTo(number);
  }
}
