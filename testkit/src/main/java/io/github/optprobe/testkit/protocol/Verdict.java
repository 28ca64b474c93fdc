package io.github.optprobe.testkit.protocol;

/** What a CPU executes where it stands, with the bytes that it fetched. */
public enum Verdict {
  /** The original instruction. */
  OLD,
  /** A whole breakpoint. */
  TRAP,
  /** The whole jump, from its first byte on. */
  NEW,
  /** Anything else: a mixture, the middle of a jump, half a breakpoint. */
  NEITHER
}
