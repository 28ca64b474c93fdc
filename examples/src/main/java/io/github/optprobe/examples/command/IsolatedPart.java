package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.FuzzPlan;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.IsolatedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Does a part of an order in another process, which may die of it. */
final class IsolatedPart {
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final int MOST_DEATHS = 1000;

  private IsolatedPart() {}

  /**
   * Checks that it can be done.
   *
   * @throws CommandFailure if not
   */
  static void require(Campaign campaign) {
    boolean pairs =
        campaign.kinds().equals(Set.of(OracleKind.DECODERS)) && campaign.decoders().size() > 1;
    boolean bounds =
        campaign.kinds().equals(Set.of(OracleKind.BOUNDS)) && campaign.decoders().size() == 1;
    if (!pairs && !bounds) {
      throw CommandFailure.usage(
          "--isolated takes --oracle decoders, or --oracle bounds with one of --decoders");
    }
    if (campaign.options().contains("--known")) {
      throw CommandFailure.usage("--isolated knows the testkit's disagreements only: no --known");
    }
  }

  static FuzzReport run(FuzzOrder order, int job) {
    Campaign campaign = order.campaign();
    FuzzPlan plan =
        new FuzzPlan(
            campaign.isa(),
            campaign.decoders(),
            campaign.generator(),
            order.seed(),
            order.part(job),
            order.cases(),
            false,
            true);
    try {
      return order.state(job).isPresent()
          ? run(plan, Files.createDirectories(order.state(job).get()))
          : runSomewhere(plan);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static FuzzReport runSomewhere(FuzzPlan plan) throws IOException {
    Path folder = Files.createTempDirectory("optprobe-fuzz");
    try {
      return run(plan, folder);
    } finally {
      delete(folder);
    }
  }

  private static FuzzReport run(FuzzPlan plan, Path folder) {
    long start = System.nanoTime();
    FuzzReport report = new IsolatedRun(plan, folder, LONGEST, MOST_DEATHS).run();
    return timed(report, (System.nanoTime() - start) / 1e9);
  }

  /** The report has the time of what was left to do when the last process ended: none. */
  private static FuzzReport timed(FuzzReport report, double seconds) {
    return new FuzzReport(
        report.instructionSet(),
        report.generator(),
        report.oracles(),
        report.seed(),
        report.shard(),
        report.tally(),
        report.known(),
        report.stale(),
        report.complete(),
        seconds,
        report.tally().cases() / seconds);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.delete(each);
      }
    }
  }
}
