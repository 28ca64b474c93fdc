package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.emulator.EmulatedExecutor;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.traced.TracedExecutor;
import java.util.Locale;

/** What executes cases, as {@code --executor} names it. */
enum ExecutorKind {
  /** The emulator. */
  EMULATOR,
  /** The CPU, in a child process; x86 only. */
  HOST;

  /** Opens one, to be closed by the caller. */
  Executor open(Architecture architecture) {
    return this == HOST ? TracedExecutor.of(architecture) : EmulatedExecutor.of(architecture);
  }

  /** As a user types it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
