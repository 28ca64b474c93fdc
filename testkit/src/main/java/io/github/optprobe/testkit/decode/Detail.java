package io.github.optprobe.testkit.decode;

/** How much a decoder is asked to tell; each level has all of the one before. */
public enum Detail {
  /** Status, length, flow of control and target; the mnemonic if that costs nothing. */
  FLOW,
  /** The general registers as well. */
  REGISTERS,
  /** Mnemonic and text as well. */
  TEXT
}
