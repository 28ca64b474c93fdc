package io.github.optprobe.examples.command;

/** Writes what came of a campaign. */
interface FuzzReporter {
  void print(FuzzOutcome outcome);
}
