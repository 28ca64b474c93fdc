package io.github.optprobe.live.stress;

/** Who handles hits. */
enum Handling {
  /** A counter, in machine code. */
  COUNTER,
  /** A handler in Java. */
  JAVA
}
