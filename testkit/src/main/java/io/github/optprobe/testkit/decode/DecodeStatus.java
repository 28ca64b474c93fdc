package io.github.optprobe.testkit.decode;

/** What came of a decode. */
public enum DecodeStatus {
  /** An instruction. */
  DECODED,
  /** No instruction, whatever bytes may follow. Also of decoders that do not tell partial ones. */
  INVALID,
  /** The bytes end before the instruction does. */
  PARTIAL,
  /** The decoder does not know the instruction set. */
  UNSUPPORTED,
  /** The decoder threw. */
  CRASHED;

  /** Whether there is an instruction. */
  public boolean isDecoded() {
    return this == DECODED;
  }
}
