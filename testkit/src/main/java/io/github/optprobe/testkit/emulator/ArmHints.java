package io.github.optprobe.testkit.emulator;

/**
 * Recognises the hints that make Unicorn stop. Taking the end of another instruction for one does
 * no harm: the run goes on from there, and stops again.
 *
 * <p>Source: Arm Architecture Reference Manual ARMv7-A/R, A8.8.424 to A8.8.426 (WFE, WFI) and
 * YIELD.
 */
final class ArmHints {
  private static final int YIELD = 1;
  private static final int WFE = 2;
  private static final int WFI = 3;

  private static final int A32_MASK = 0x0FFF_FF00;
  private static final int A32_HINT = 0x0320_F000;
  private static final int T16_HINT = 0xBF00;
  private static final int T32_HINT_FIRST = 0xF3AF;
  private static final int T32_HINT_SECOND = 0x8000;

  private final ArmCode code;

  ArmHints(ArmCode code) {
    this.code = code;
  }

  /** Whether {@code yield} or {@code wfe} seems to end at an address. */
  boolean isYieldBefore(long address, boolean thumb) {
    int hint = hintBefore(address, thumb);
    return hint == YIELD || hint == WFE;
  }

  /** Whether {@code wfi} seems to end at an address. */
  boolean isWaitBefore(long address, boolean thumb) {
    return hintBefore(address, thumb) == WFI;
  }

  /** Where the hint starts that ends at an address. */
  long startBefore(long address, boolean thumb) {
    boolean narrow = thumb && code.halfword(address - Integer.BYTES) != T32_HINT_FIRST;
    return address - (narrow ? Short.BYTES : Integer.BYTES);
  }

  private int hintBefore(long address, boolean thumb) {
    return thumb ? thumbHintBefore(address) : a32Hint(code.word(address - Integer.BYTES));
  }

  private static int a32Hint(int word) {
    return (word & A32_MASK) == A32_HINT ? word & 0xFF : 0;
  }

  private int thumbHintBefore(long address) {
    int last = code.halfword(address - Short.BYTES);
    int first = code.halfword(address - Integer.BYTES);
    if (first == T32_HINT_FIRST && (last & 0xFF00) == T32_HINT_SECOND) {
      return last & 0xFF;
    }
    return (last & 0xFF0F) == T16_HINT ? last >> 4 & 0xF : 0;
  }
}
