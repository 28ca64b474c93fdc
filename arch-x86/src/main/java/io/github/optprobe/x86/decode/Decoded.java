package io.github.optprobe.x86.decode;

/** The answer to a decode: an instruction, or why there is none. Immutable. */
public sealed interface Decoded permits Instruction, Undecodable {
  /** Runtime address of the first byte. */
  long address();
}
