package io.github.optprobe.examples.command;

import io.github.optprobe.examples.command.SweepResult.Difference;
import io.github.optprobe.examples.command.SweepResult.Example;
import io.github.optprobe.examples.command.SweepResult.Failed;
import io.github.optprobe.examples.command.SweepResult.FunctionResult;
import io.github.optprobe.examples.command.SweepResult.Swept;
import io.github.optprobe.examples.command.Tally.Count;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A sweep as one HTML page that needs nothing else. */
final class SweepHtml implements SweepReport {
  private static final int MOST_FUNCTIONS = 1000;
  private static final List<String> HEAD =
      List.of(
          "set",
          "functions",
          "starts",
          "probed",
          "boosted",
          "emulated",
          "jumps",
          "+known",
          "refused",
          "executed",
          "differs");

  /** No character here may need an entity: a browser reads none inside a style. */
  static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2330; --paper: #ffffff; --soft: #eef1f5;
        --line: #ccd3dd; --refused: #c0392b; --trap: #d68910; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --paper: #14181f;
        --soft: #1f2630; --line: #3a4452; --refused: #ff7b6b; --trap: #f5b041; } }
      body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: var(--ink);
        background: var(--paper); font: 15px/1.5 system-ui, sans-serif; }
      .totals { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; }
      .totals li { list-style: none; background: var(--soft); border-radius: 8px;
        padding: .6rem 1rem; }
      .totals b { display: block; font-size: 1.4rem; }
      table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
      th, td { border-bottom: 1px solid var(--line); padding: .2rem .5rem; text-align: right; }
      th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; }
      pre { background: var(--soft); padding: .8rem; overflow-x: auto; border-radius: 8px; }
      svg { width: 100%; } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
      .refused { fill: var(--refused); color: var(--refused); }
      .trap { fill: var(--trap); color: var(--trap); }
      """;

  private final Writer out;
  private final List<SweepResult> results = new ArrayList<>();

  SweepHtml(Writer out) {
    this.out = out;
  }

  @Override
  public void file(SweepResult result) {
    results.add(result);
  }

  @Override
  public void end(SweepTotals totals) {
    try (HtmlWriter html = new HtmlWriter(out)) {
      html.element(
          "html",
          Map.of("lang", "en"),
          () -> {
            html.element("head", () -> head(html));
            html.element("body", () -> body(html, totals));
          });
    }
  }

  private static void head(HtmlWriter html) {
    html.empty("meta", Map.of("charset", "utf-8"));
    html.empty("meta", Map.of("name", "viewport", "content", "width=device-width"));
    html.element("title", "optprobe sweep");
    html.element("style", STYLE);
  }

  private void body(HtmlWriter html, SweepTotals totals) {
    html.element("h1", "optprobe sweep");
    html.element("ul", Map.of("class", "totals"), () -> totals(html, totals));
    html.element("h2", "Refusals by reason");
    html.element(
        "p",
        () -> {
          html.element("span", Map.of("class", "refused"), "■ no probe at all");
          html.text("  ");
          html.element("span", Map.of("class", "trap"), "■ a breakpoint, but no jump");
        });
    new RefusalChart(totals.tally()).write(html);
    html.element("h2", "Files");
    html.element("table", () -> files(html, totals.executes()));
    failures(html);
    functions(html, totals.executes());
    differences(html, totals.differences());
    html.element("h2", "An example of each refusal");
    totals.examples().forEach(each -> example(html, each));
  }

  private static void totals(HtmlWriter html, SweepTotals totals) {
    Tally tally = totals.tally();
    total(html, totals.swept(), "files");
    total(html, totals.failed(), "not readable");
    total(html, totals.leftOut(), "left out");
    total(html, totals.functions(), "functions");
    total(html, tally.get(Count.BOUNDARIES), "starts of instructions");
    total(
        html,
        tally.get(Count.PROBED),
        "probed, " + SweepText.share(tally.get(Count.PROBED), tally));
    total(html, tally.optimized(), "by a jump, " + SweepText.share(tally.optimized(), tally));
    if (totals.executes()) {
      total(html, tally.get(Count.EXECUTED), "executed alike");
      total(html, tally.get(Count.DIFFERS), "differ");
    }
  }

  private static void total(HtmlWriter html, long number, String what) {
    html.element(
        "li",
        () -> {
          html.element("b", number(number));
          html.text(what);
        });
  }

  private void files(HtmlWriter html, boolean executes) {
    header(html, "file");
    for (SweepResult result : results) {
      if (result instanceof Swept swept) {
        swept
            .sets()
            .forEach(
                (set, tally) -> {
                  long functions =
                      swept.functions().stream().filter(each -> each.set().equals(set)).count();
                  row(html, swept.path() + "", set, functions, tally, executes);
                });
      }
    }
  }

  private static void header(HtmlWriter html, String first) {
    html.element(
        "tr",
        () -> {
          html.element("th", first);
          HEAD.forEach(each -> html.element("th", each));
        });
  }

  private static void row(
      HtmlWriter html, String name, String set, long functions, Tally tally, boolean executes) {
    html.element(
        "tr",
        () -> {
          html.element("td", name);
          html.element("td", set);
          number(html, functions);
          number(html, tally.get(Count.BOUNDARIES));
          number(html, tally.get(Count.PROBED));
          number(html, tally.get(Count.BOOSTED));
          number(html, tally.get(Count.EMULATED));
          number(html, tally.get(Count.OPTIMIZED_AT_ONCE));
          number(html, tally.get(Count.OPTIMIZED_BY_ENTRIES));
          number(html, tally.get(Count.BOUNDARIES) - tally.get(Count.PROBED));
          html.element("td", executes ? number(tally.get(Count.EXECUTED)) : "not asked");
          html.element("td", executes ? number(tally.get(Count.DIFFERS)) : "not asked");
        });
  }

  private static void number(HtmlWriter html, long number) {
    html.element("td", number(number));
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private void failures(HtmlWriter html) {
    for (SweepResult result : results) {
      if (result instanceof Failed failed) {
        html.element("p", Map.of("class", "refused"), failed.path() + ": " + failed.reason());
      }
    }
  }

  private void functions(HtmlWriter html, boolean executes) {
    html.element("h2", "Functions");
    for (SweepResult result : results) {
      if (result instanceof Swept swept) {
        html.element("details", () -> functions(html, swept, executes));
      }
    }
  }

  private static void functions(HtmlWriter html, Swept swept, boolean executes) {
    int all = swept.functions().size();
    String which =
        all > MOST_FUNCTIONS
            ? ": the %d of %d with the most places without a jump".formatted(MOST_FUNCTIONS, all)
            : ": %d functions".formatted(all);
    html.element("summary", swept.path() + which);
    html.element(
        "table",
        () -> {
          header(html, "function");
          for (FunctionResult each : mostInteresting(swept.functions())) {
            String name = "%s at 0x%x".formatted(each.name(), each.address());
            row(html, name, each.set(), 1, each.tally(), executes);
          }
        });
  }

  private static List<FunctionResult> mostInteresting(List<FunctionResult> functions) {
    if (functions.size() <= MOST_FUNCTIONS) {
      return functions;
    }
    Comparator<FunctionResult> byJumpless =
        Comparator.comparingLong(
            each -> each.tally().optimized() - each.tally().get(Count.BOUNDARIES));
    return functions.stream().sorted(byJumpless).limit(MOST_FUNCTIONS).toList();
  }

  private static void differences(HtmlWriter html, List<Difference> differences) {
    for (Difference each : differences) {
      html.element(
          "h3",
          Map.of("class", "refused"),
          "Differs: %s %s+0x%x (%s)"
              .formatted(each.path(), each.function(), each.offset(), each.set()));
      html.element("pre", each.detail());
    }
  }

  private static void example(HtmlWriter html, Example example) {
    html.element(
        "h3",
        "%s: %s"
            .formatted(
                example.kind() == SweepResult.Kind.REFUSED ? "No probe" : "No jump",
                example.code()));
    html.element(
        "p",
        "%s %s+0x%x (%s): %s. %s"
            .formatted(
                example.path().getFileName(),
                example.function(),
                example.offset(),
                example.set(),
                example.rule(),
                example.advice()));
    html.element("pre", example.picture());
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
