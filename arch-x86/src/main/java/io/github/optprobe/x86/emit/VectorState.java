package io.github.optprobe.x86.emit;

/**
 * What is saved for gates that may change vector registers: x87, SSE, AVX, opmask, and both parts
 * of ZMM, as far as the processor has them. Not memory-protection keys, which a gate does not
 * change, and not AMX tiles. Source: Intel SDM volume 1, 13.4 and 13.7 to 13.8.
 */
final class VectorState {
  /** Bytes that it takes at most, on any vendor's processor. */
  static final int BYTES = 2688;

  /** Where in it the three words of the header stand that xrstor wants to be right. */
  static final int[] HEADER_OFFSETS = {512, 520, 528};

  private static final int MASK = 0xE7;

  private VectorState() {}

  /** Writes what chooses it, for xsave and xrstor. Afterwards edx is 0. */
  static void select(CodeBuffer out) {
    out.code(0xB8).int32(MASK); // mov eax, imm32
    out.code(0x31, 0xD2); // xor edx, edx
  }
}
