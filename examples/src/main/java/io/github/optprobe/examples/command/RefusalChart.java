package io.github.optprobe.examples.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A chart of refusals by reason: a bar each, the longest first, as SVG inside an HTML page. */
final class RefusalChart {
  private static final int NAME_WIDTH = 300;
  private static final int BAR_WIDTH = 420;
  private static final int NUMBER_WIDTH = 130;
  private static final int ROW = 24;
  private static final int BAR_HEIGHT = 16;
  private static final int BASELINE = 13;

  private final List<Bar> bars = new ArrayList<>();
  private final String label;
  private final String nothing;

  private record Bar(String code, long count, String style) {}

  /** Creates a chart of all refusals of a tally. */
  RefusalChart(Tally tally) {
    this("Refusals by reason", "Nothing was refused.");
    tally.refused().forEach((code, count) -> bars.add(new Bar(code, count, "refused")));
    tally.notOptimized().forEach((code, count) -> bars.add(new Bar(code, count, "trap")));
    sort();
  }

  /**
   * Creates a chart of other things that have names and are counted.
   *
   * @param label what they are
   * @param nothing the sentence if there is none
   */
  RefusalChart(String label, String nothing, Map<String, Long> counts) {
    this(label, nothing);
    counts.forEach((code, count) -> bars.add(new Bar(code, count, "refused")));
    sort();
  }

  private RefusalChart(String label, String nothing) {
    this.label = label;
    this.nothing = nothing;
  }

  private void sort() {
    bars.sort(Comparator.comparingLong(Bar::count).reversed().thenComparing(Bar::code));
  }

  /** Writes it; a sentence if there is nothing to be shown. */
  void write(HtmlWriter html) {
    if (bars.isEmpty()) {
      html.element("p", nothing);
      return;
    }
    int width = NAME_WIDTH + BAR_WIDTH + NUMBER_WIDTH;
    int height = ROW * bars.size();
    html.element(
        "svg",
        Map.of("viewBox", "0 0 %d %d".formatted(width, height), "role", "img", "aria-label", label),
        () -> {
          for (int i = 0; i < bars.size(); i++) {
            write(bars.get(i), ROW * i, html);
          }
        });
  }

  private void write(Bar bar, int top, HtmlWriter html) {
    double longest = bars.get(0).count();
    double width = Math.max(1, BAR_WIDTH * (bar.count() / longest));
    int baseline = top + BASELINE;
    html.element(
        "text",
        Map.of("x", "" + (NAME_WIDTH - 8), "y", "" + baseline, "text-anchor", "end"),
        bar.code());
    html.element(
        "rect",
        Map.of(
            "x", "" + NAME_WIDTH,
            "y", "" + top,
            "width", String.format(Locale.ROOT, "%.1f", width),
            "height", "" + BAR_HEIGHT,
            "class", bar.style()),
        "");
    html.element(
        "text",
        Map.of("x", String.format(Locale.ROOT, "%.1f", NAME_WIDTH + width + 6), "y", "" + baseline),
        String.format(Locale.ROOT, "%,d", bar.count()));
  }
}
