package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZydisVersionTest {
  @ParameterizedTest
  @CsvSource({
    "0x0004000000000000, 4.0.0, true",
    "0x0004000100010000, 4.1.1, true",
    "0x0004000200000000, 4.2.0, false",
    "0x0003000000000000, 3.0.0, false",
    "0x0005000000000000, 5.0.0, false",
    "0x0000000000000000, 0.0.0, false"
  })
  void onlyFourZeroAndFourOneAreSupported(long packed, String text, boolean supported) {
    ZydisVersion version = ZydisVersion.ofPacked(packed);

    assertThat(version).hasToString(text);
    assertThat(version.isSupported()).isEqualTo(supported);
  }
}
