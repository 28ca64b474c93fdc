package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Bin;
import io.github.optprobe.testkit.fuzz.ExecutionTally;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.Tally;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A campaign as one HTML page that needs nothing else. */
final class FuzzHtml implements FuzzReporter {
  private static final int NAME = 42;

  private final Writer out;

  /**
   * Creates it.
   *
   * @param out stays open
   */
  FuzzHtml(Writer out) {
    this.out = out;
  }

  @Override
  public void print(FuzzOutcome outcome) {
    try (HtmlWriter html = new HtmlWriter(out)) {
      html.element(
          "html",
          Map.of("lang", "en"),
          () -> {
            html.element("head", () -> head(html));
            html.element("body", () -> body(html, outcome));
          });
    }
  }

  private static void head(HtmlWriter html) {
    html.empty("meta", Map.of("charset", "utf-8"));
    html.empty("meta", Map.of("name", "viewport", "content", "width=device-width"));
    html.element("title", "optprobe fuzz");
    html.element("style", SweepHtml.STYLE);
  }

  private static void body(HtmlWriter html, FuzzOutcome outcome) {
    FuzzReport report = outcome.report();
    html.element("h1", "optprobe fuzz " + report.instructionSet() + ": " + outcome.verdict());
    html.element(
        "p",
        "%s, cases by %s, shard %s, seed 0x%x%s"
            .formatted(
                String.join(" ", report.oracles()),
                report.generator(),
                report.shard(),
                report.seed(),
                report.complete() ? "" : ", stopped"));
    html.element("ul", Map.of("class", "totals"), () -> totals(html, outcome));
    html.element("h2", "Findings that are not known");
    new RefusalChart("Findings by bin", "Nothing that is not known was found.", bins(report))
        .write(html);
    outcome.executed().ifPresent(executed -> executed(html, executed));
    stale(html, report);
    report.tally().bins().forEach(bin -> bin(html, bin, outcome));
  }

  private static Map<String, Long> bins(FuzzReport report) {
    Map<String, Long> bins = new LinkedHashMap<>();
    for (Bin bin : report.tally().bins()) {
      bins.merge(Printable.cut(bin.finding().bin(), NAME), bin.count(), Long::sum);
    }
    return bins;
  }

  private static void totals(HtmlWriter html, FuzzOutcome outcome) {
    Tally tally = outcome.report().tally();
    total(html, tally.cases(), "cases");
    total(html, tally.findings(), "findings");
    total(html, tally.unknown(), "of them not known");
    total(html, tally.bins().size(), "bins");
    total(html, outcome.used(), "known disagreements used");
    total(html, outcome.report().stale().size(), "of them stale");
    total(html, (long) outcome.report().casesPerSecond(), "cases a second");
  }

  private static void total(HtmlWriter html, long number, String what) {
    html.element(
        "li",
        () -> {
          html.element("b", String.format(Locale.ROOT, "%,d", number));
          html.text(what);
        });
  }

  private static void executed(HtmlWriter html, ExecutionTally executed) {
    html.element("h2", "Executed");
    html.element(
        "ul",
        Map.of("class", "totals"),
        () -> {
          total(html, executed.compared(), "runs compared");
          total(html, executed.subjects(), "instructions");
          total(html, executed.notProbed(), "of them can not be probed");
          executed
              .excluded()
              .forEach((why, runs) -> total(html, runs, "not compared: " + why.reason()));
        });
    html.element("h2", "Refusals by reason");
    new RefusalChart("Refusals by reason", "Nothing was refused.", executed.refused()).write(html);
  }

  private static void stale(HtmlWriter html, FuzzReport report) {
    report.stale().forEach(each -> html.element("p", Map.of("class", "refused"), "Stale: " + each));
  }

  private static void bin(HtmlWriter html, Bin bin, FuzzOutcome outcome) {
    html.element("h3", "%dx %s".formatted(bin.count(), bin.finding().bin()));
    html.element(
        "pre",
        "original   %s%nminimised  %s%n%s%n%s"
            .formatted(
                bin.original(),
                bin.minimised(),
                bin.detail(),
                String.join("\n", outcome.replays(bin))));
  }
}
