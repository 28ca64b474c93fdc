package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SelfCheckTest {
  private final X86Decoder decoder = X86Decoder.for64Bit();

  @Test
  void theLoadedLibraryHasNoDifferences() {
    assertThat(SelfCheck.differences(code -> decoder.decode(code, 0x1000))).isEmpty();
  }

  @Test
  void everyKnownInstructionIsComparedAndReportedWithBothSides() {
    assertThat(SelfCheck.differences(code -> decoder.decode(new byte[] {(byte) 0x90}, 0x1000)))
        .hasSameSizeAs(SelfCheck.KNOWN)
        .first()
        .isEqualTo(
            "74 10: expected jz len=2 LEGACY/ONE_BYTE:74 rel@1+1=0x10 COND_RELATIVE,"
                + " found nop len=1 LEGACY/ONE_BYTE:90 NEXT");
  }

  @Test
  void instructionsThatTheLibraryRefusesAreReported() {
    assertThat(SelfCheck.differences(code -> new Undecodable(DecodeFailure.INVALID, 0, 1)))
        .hasSameSizeAs(SelfCheck.KNOWN)
        .allMatch(line -> line.endsWith("found 0x0: INVALID in 1 bytes"));
  }
}
