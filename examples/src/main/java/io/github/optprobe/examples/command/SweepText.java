package io.github.optprobe.examples.command;

import io.github.optprobe.examples.command.SweepResult.Example;
import io.github.optprobe.examples.command.SweepResult.Failed;
import io.github.optprobe.examples.command.SweepResult.Kind;
import io.github.optprobe.examples.command.SweepResult.Swept;
import io.github.optprobe.examples.command.Tally.Count;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** A sweep as a table for people, at most 100 columns wide. */
final class SweepText implements SweepReport {
  private static final String ROW = "%-28s %-6s %6s %9s %9s %9s %8s %9s %7s%n";
  private static final int NAME = 28;
  private static final int WIDTH = 100;

  private final PrintWriter out;
  private boolean headed;

  SweepText(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void file(SweepResult result) {
    if (result instanceof Failed failed) {
      failed(failed);
    } else if (result instanceof Swept swept) {
      head();
      files(swept);
    }
    out.flush();
  }

  /** On one line if it fits. */
  private void failed(Failed failed) {
    String line = Printable.of(failed.path() + ": " + failed.reason());
    if (line.length() <= WIDTH) {
      out.println(line);
    } else {
      out.println(Printable.cutLeft(failed.path() + ":", WIDTH));
      Wrapped.lines("  ", failed.reason(), WIDTH).forEach(out::println);
    }
  }

  private void head() {
    if (!headed) {
      out.printf(
          ROW,
          "file",
          "set",
          "funcs",
          "starts",
          "probed",
          "boosted",
          "emulated",
          "jumps",
          "+known");
      headed = true;
    }
  }

  private void files(Swept swept) {
    String name = Printable.cutLeft(swept.path() + "", NAME);
    if (swept.sets().isEmpty()) {
      out.printf("%-28s has no function that is asked about%n", name);
    }
    swept.sets().forEach((set, tally) -> row(name, set, functions(swept, set), tally));
  }

  private static long functions(Swept swept, String set) {
    return swept.functions().stream().filter(each -> each.set().equals(set)).count();
  }

  private void row(String name, String set, long functions, Tally tally) {
    out.printf(
        Locale.ROOT,
        ROW,
        name,
        set,
        functions,
        tally.get(Count.BOUNDARIES),
        tally.get(Count.PROBED),
        tally.get(Count.BOOSTED),
        tally.get(Count.EMULATED),
        tally.get(Count.OPTIMIZED_AT_ONCE),
        tally.get(Count.OPTIMIZED_BY_ENTRIES));
  }

  @Override
  public void end(SweepTotals totals) {
    reasons("refused", Kind.REFUSED, totals.tally().refused(), totals);
    reasons("no jump, a breakpoint", Kind.NOT_OPTIMIZED, totals.tally().notOptimized(), totals);
    differences(totals);
    if (totals.tally().get(Count.BOUNDARIES) > 0) {
      out.println();
      out.println(
          "starts: instructions. jumps: can be probed by a jump, whatever is known of entries;"
              + System.lineSeparator()
              + "+known: because the file says where the function is entered.");
    }
    out.println(executed(totals));
    out.println(total(totals));
    out.flush();
  }

  private void reasons(String title, Kind kind, Map<String, Long> reasons, SweepTotals totals) {
    for (Map.Entry<String, Long> reason : reasons.entrySet()) {
      out.printf(Locale.ROOT, "%n%s: %s, %,d%n", title, reason.getKey(), reason.getValue());
      totals.examples().stream()
          .filter(each -> each.kind() == kind && each.code().equals(reason.getKey()))
          .forEach(this::example);
    }
  }

  private void example(Example example) {
    String place =
        "  %s %s+0x%x (%s)"
            .formatted(
                example.path().getFileName(), example.function(), example.offset(), example.set());
    out.println(Printable.cut(place, WIDTH));
    Wrapped.lines("  ", example.rule(), WIDTH).forEach(out::println);
    Wrapped.lines("  ", example.advice(), WIDTH).forEach(out::println);
    out.print(example.picture());
  }

  private void differences(SweepTotals totals) {
    totals
        .differences()
        .forEach(
            each -> {
              String place =
                  "%s %s+0x%x (%s)"
                      .formatted(each.path(), each.function(), each.offset(), each.set());
              out.printf("%nDIFFERS: %s%n", Printable.cut(place, WIDTH - 9));
              each.detail().lines().map(line -> Printable.cut(line, WIDTH)).forEach(out::println);
            });
  }

  private static String executed(SweepTotals totals) {
    if (!totals.executes()) {
      return "executed: not asked";
    }
    Tally tally = totals.tally();
    return String.format(
        Locale.ROOT,
        "executed: %,d instructions in %,d cases, %,d differ, %,d not executed %s",
        tally.get(Count.EXECUTED) + tally.get(Count.DIFFERS),
        tally.get(Count.EXECUTED_CASES),
        tally.get(Count.DIFFERS),
        tally.get(Count.NOT_EXECUTED),
        tally.notExecuted());
  }

  private static String total(SweepTotals totals) {
    Tally tally = totals.tally();
    return String.format(
        Locale.ROOT,
        "%,d files, %,d not readable, %,d left out; %,d functions, %,d starts, %,d probed (%s),"
            + "%n%,d by a jump (%s)",
        totals.swept(),
        totals.failed(),
        totals.leftOut(),
        totals.functions(),
        tally.get(Count.BOUNDARIES),
        tally.get(Count.PROBED),
        share(tally.get(Count.PROBED), tally),
        tally.optimized(),
        share(tally.optimized(), tally));
  }

  /** As a percentage; never 100.0 unless it is all. */
  static String share(long some, Tally tally) {
    long all = tally.get(Count.BOUNDARIES);
    if (all == 0) {
      return "-";
    }
    double percent = some == all ? 100 : Math.min(99.9, 100.0 * some / all);
    return String.format(Locale.ROOT, "%.1f %%", percent);
  }

  @Override
  public void close() {
    out.flush();
  }
}
