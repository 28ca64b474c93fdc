package io.github.optprobe.arm32.decode;

/** The answer to a decode: an instruction, or too few bytes for one. Immutable. */
public sealed interface Decoded permits Instruction, Truncated {
  /** Address of the first byte, 0 to 2³²-1. */
  long address();
}
