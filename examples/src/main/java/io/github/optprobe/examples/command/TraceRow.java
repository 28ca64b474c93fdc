package io.github.optprobe.examples.command;

import io.github.optprobe.examples.agent.Line;
import java.util.Locale;

/** One function of a trace, so far. For one thread. */
final class TraceRow {
  private static final int PLACE_WIDTH = 50;
  private static final String TABLE = "%-" + PLACE_WIDTH + "s %11s %13s %8s  %s";
  private static final double MILLIS = 1000;

  private final String place;
  private long hits;
  private long hitsBefore;
  private long untold;
  private double rate;
  private String tier = "-";

  TraceRow(String place) {
    this.place = Printable.of(place);
  }

  String place() {
    return place;
  }

  void take(Line row) {
    hits = row.number(1);
    untold = row.number(2);
    tier = row.field(3);
  }

  /** Computes the rate of what came since the last time. */
  void endRound(long millis) {
    rate = perSecond(hits - hitsBefore, millis);
    hitsBefore = hits;
  }

  /** Computes the rate of all. */
  void average(long millis) {
    rate = perSecond(hits, millis);
  }

  private static double perSecond(long many, long millis) {
    return millis <= 0 ? 0 : many * MILLIS / millis;
  }

  String call(Line call) {
    return "%s(%s)  thread %s"
        .formatted(
            place,
            Printable.of(String.join(", ", call.fields().subList(3, call.fields().size()))),
            Printable.of(call.field(2)));
  }

  String returned(Line returned) {
    return "%s = %s  thread %s"
        .formatted(place, Printable.of(returned.field(2)), Printable.of(returned.field(1)));
  }

  static String header() {
    return TABLE.formatted("function", "hits/s", "hits", "untold", "tier");
  }

  String tableLine() {
    return TABLE.formatted(
        Printable.cutLeft(place, PLACE_WIDTH),
        String.format(Locale.ROOT, "%,.0f", rate),
        String.format(Locale.ROOT, "%,d", hits),
        String.format(Locale.ROOT, "%,d", untold),
        Printable.of(tier));
  }

  String line() {
    return String.format(
        Locale.ROOT, "%s  %,.0f hits/s  %,d hits  %s", place, rate, hits, Printable.of(tier));
  }
}
