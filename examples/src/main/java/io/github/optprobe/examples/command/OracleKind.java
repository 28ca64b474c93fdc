package io.github.optprobe.examples.command;

import java.util.Locale;

/** Who judges cases, as {@code --oracle} names it. */
enum OracleKind {
  /** Decoders against each other. */
  DECODERS,
  /** Each decoder, about where its input ends. */
  BOUNDS,
  /** A relocated copy, read by another decoder. */
  RELOCATION,
  /** The original and its relocated copies, executed. */
  EXECUTION;

  /** As a user types it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
