package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SelfCheckTest {
  @BeforeAll
  static void load() {
    CapstoneEngine.get();
  }

  @Test
  void theLoadedLibraryHasNoDifferences() {
    assertThat(SelfCheck.differences(SelfCheck::found)).isEmpty();
  }

  @Test
  void everyKnownInstructionIsComparedAndReportedWithBothSides() {
    assertThat(SelfCheck.differences(known -> "rubbish"))
        .hasSameSizeAs(SelfCheck.KNOWN)
        .first()
        .isEqualTo("A32 0xe59f0008: expected ldr r0, [pc, #8] reads 8000 writes 1, found rubbish");
  }
}
