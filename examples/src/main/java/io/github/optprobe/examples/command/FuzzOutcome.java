package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Bin;
import io.github.optprobe.testkit.fuzz.ExecutionTally;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import java.util.List;
import java.util.Optional;

/**
 * What came of an order.
 *
 * @param executed what was executed in this run; empty if nothing was asked to be
 */
record FuzzOutcome(FuzzOrder order, FuzzReport report, Optional<ExecutionTally> executed) {

  /** That not all was done is no failure: somebody wanted it so. */
  ExitCode exitCode() {
    boolean found = report.tally().unknown() > 0 || !report.stale().isEmpty();
    return found ? ExitCode.FOUND : ExitCode.OK;
  }

  /** {@code pass}, {@code FAIL}; {@code stopped} if nothing was found before it was. */
  String verdict() {
    if (exitCode() == ExitCode.FOUND) {
      return "FAIL";
    }
    return report.complete() ? "pass" : "stopped";
  }

  /** How many of the known disagreements are still there. */
  int used() {
    return report.known().size() - report.stale().size();
  }

  List<String> replays(Bin bin) {
    return new ReplayLines(order.campaign(), order.seed()).of(bin);
  }
}
