package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.text.TextReader;
import java.util.function.IntUnaryOperator;

/**
 * Tells breakpoints from other undefined instructions: those by which Linux probes kernels, in the
 * instruction set that is executed, and whatever else the architecture calls one.
 */
final class ArmBreakpoints {
  private static final int A32_CONDITION = 0xF000_0000;
  private static final int A32 = 0x07F0_01F8;
  private static final int T16 = 0xDE18;
  private static final int T32_FIRST = 0xF7F0;
  private static final int T32_SECOND = 0xA018;

  private final Architecture architecture;
  private final TextReader text;
  private final StaleCode stale;
  private final ArmCode code;
  private final ArmState state;

  ArmBreakpoints(
      Architecture architecture, TextReader text, StaleCode stale, ArmCode code, ArmState state) {
    this.architecture = architecture;
    this.text = text;
    this.stale = stale;
    this.code = code;
    this.state = state;
  }

  /** Whether a breakpoint stands at an address, or stood there when the CPU last looked. */
  boolean mayBeAt(long address) {
    IntUnaryOperator now = offset -> code.octet(address + offset);
    return isKnown(now)
        || stale.maySee(address, now, this::isKnown)
        || architecture.isBreakpoint(text, address);
  }

  private boolean isKnown(IntUnaryOperator bytes) {
    int first = halfword(bytes, 0);
    int second = halfword(bytes, Short.BYTES);
    return state.isThumb() ? isThumb(first, second) : isA32(second << Short.SIZE | first);
  }

  private static int halfword(IntUnaryOperator bytes, int offset) {
    return bytes.applyAsInt(offset) | bytes.applyAsInt(offset + 1) << Byte.SIZE;
  }

  private static boolean isThumb(int first, int second) {
    return first == T16 || (first == T32_FIRST && second == T32_SECOND);
  }

  private static boolean isA32(int word) {
    return (word & ~A32_CONDITION) == A32 && (word & A32_CONDITION) != A32_CONDITION;
  }
}
