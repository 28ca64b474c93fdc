package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Bin;
import io.github.optprobe.testkit.fuzz.ExecutionTally;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.Tally;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A campaign for people: a block for each bin, a line for each stale entry, totals. At most 100
 * columns wide, but for commands and entries, which are there to be copied.
 */
final class FuzzText implements FuzzReporter {
  private static final int WIDTH = 100;

  private final PrintWriter out;

  FuzzText(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void print(FuzzOutcome outcome) {
    outcome.report().tally().bins().forEach(bin -> print(bin, outcome));
    outcome.report().stale().forEach(entry -> out.println("STALE  " + Printable.of("" + entry)));
    line("", totals(outcome));
    outcome.executed().ifPresent(this::print);
    line("  ", rate(outcome.report()));
    out.flush();
  }

  private void print(Bin bin, FuzzOutcome outcome) {
    out.println(Printable.cut("%dx %s".formatted(bin.count(), bin.finding().bin()), WIDTH));
    out.println("  original   " + bin.original());
    out.println("  minimised  " + bin.minimised());
    bin.detail()
        .lines()
        .forEach(each -> out.println(Printable.cut("    " + each, WIDTH).stripTrailing()));
    outcome.replays(bin).forEach(command -> out.println("  replay     " + command));
    out.println();
  }

  private void line(String indent, String sentence) {
    Wrapped.lines(indent, sentence, WIDTH).forEach(out::println);
  }

  private static String totals(FuzzOutcome outcome) {
    FuzzReport report = outcome.report();
    Tally tally = report.tally();
    return String.format(
        Locale.ROOT,
        "%s %s by %s, cases by %s: %,d cases, %,d findings, %,d unknown in %,d bins, known %d/%d"
            + " used, shard %s, seed 0x%x",
        outcome.verdict(),
        report.instructionSet(),
        String.join(" ", report.oracles()),
        report.generator(),
        tally.cases(),
        tally.findings(),
        tally.unknown(),
        tally.bins().size(),
        outcome.used(),
        report.known().size(),
        report.shard(),
        report.seed());
  }

  private void print(ExecutionTally executed) {
    line(
        "  ",
        String.format(
            Locale.ROOT,
            "executed %,d runs of %,d instructions %s; %,d can not be probed, %,d were no code",
            executed.compared(),
            executed.subjects(),
            new TreeMap<>(executed.cases()),
            executed.notProbed(),
            executed.inputsThatAreNoCode()));
    new TreeMap<>(executed.excluded())
        .forEach(
            (why, runs) -> line("  ", "not compared: %,d runs, %s".formatted(runs, why.reason())));
    if (!executed.refused().isEmpty()) {
      line("  ", "refused: " + new TreeMap<>(executed.refused()));
    }
  }

  private static String rate(FuzzReport report) {
    return String.format(
        Locale.ROOT, "%.1f s, %,.0f cases/s", report.seconds(), report.casesPerSecond());
  }
}
