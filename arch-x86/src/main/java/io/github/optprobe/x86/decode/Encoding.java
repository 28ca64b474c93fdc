package io.github.optprobe.x86.decode;

/** How the opcode is wrapped; decides which prefixes can be there and where the fields stand. */
public enum Encoding {
  /** Legacy prefixes, perhaps REX, escape bytes, opcode. */
  LEGACY,
  /** AMD 3DNow!: {@code 0F 0F}, operands, and the opcode as the last byte. */
  THREE_DNOW,
  /** AMD XOP: {@code 8F}. */
  XOP,
  /** VEX: {@code C4} or {@code C5}. */
  VEX,
  /** EVEX: {@code 62}; its 8-bit displacements are scaled. */
  EVEX,
  /**
   * MVEX: {@code 62} of Knights Corner. The decoder accepts it, and the VEX-encoded mask jumps
   * {@code jkzd} and {@code jknzd}; other CPUs do not.
   */
  MVEX;

  private static final Encoding[] BY_NUMBER = values();

  /** The encoding by the decoder's number, which both supported versions give in this order. */
  static Encoding ofNumber(int number) {
    return BY_NUMBER[number];
  }
}
