package io.github.optprobe.examples.command;

import io.github.optprobe.examples.agent.Line;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shows what a trace comes to: a table that is drawn again and again on a terminal, lines
 * elsewhere, and in the end the table as the answer. For one thread.
 */
final class TraceView {
  private final List<TraceRow> rows;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean isTerminal;
  private final List<String> pictures = new ArrayList<>();
  private int drawnLines;
  private long millis;
  private String end = "";
  private boolean restored;

  /**
   * Creates one.
   *
   * @param isTerminal whether somebody watches standard error
   */
  TraceView(List<String> places, Streams streams, boolean isTerminal) {
    rows = places.stream().map(TraceRow::new).toList();
    out = streams.out();
    err = streams.err();
    this.isTerminal = isTerminal;
  }

  void show(Line line) {
    switch (line.word()) {
      case READY -> showReady();
      case ROW -> row(line).take(line);
      case ROUND -> showRound(line.number(0));
      case CALL -> print(row(line).call(line));
      case RETURNED -> print(row(line).returned(line));
      case HISTOGRAM -> addPicture(line);
      case END -> showEnd(line.number(0), Boolean.parseBoolean(line.field(1)));
      default -> throw new IllegalArgumentException("a trace says no " + line.word());
    }
  }

  private TraceRow row(Line line) {
    return rows.get((int) line.number(0));
  }

  private void showReady() {
    err.printf("functions probed: %d; Ctrl-C removes the probes and ends%n", rows.size());
    err.flush();
  }

  private void print(String event) {
    wipe();
    out.println(event);
  }

  private void showRound(long now) {
    rows.forEach(row -> row.endRound(now - millis));
    millis = now;
    if (isTerminal) {
      wipe();
      out.flush();
      draw(err);
      drawnLines = rows.size() + 1;
    } else {
      rows.forEach(row -> out.println(time(now) + row.line()));
      out.flush();
    }
  }

  private static String time(long millis) {
    return String.format(Locale.ROOT, "%8.1f s  ", millis / 1000.0);
  }

  private void draw(PrintWriter to) {
    to.println(TraceRow.header());
    rows.forEach(row -> to.println(row.tableLine()));
    to.flush();
  }

  private void wipe() {
    if (drawnLines > 0) {
      // Lines up, to the first column, wipe all that follows (ECMA-48: CUU, CR, ED).
      err.printf("\u001b[%dA\r\u001b[J", drawnLines);
      err.flush();
      drawnLines = 0;
    }
  }

  private void addPicture(Line line) {
    String place = rows.get((int) line.number(0)).place() + ":";
    if (!pictures.contains(place)) {
      pictures.add(place);
    }
    pictures.add("  " + line.field(1));
  }

  private void showEnd(long probes, boolean isRestored) {
    restored = isRestored;
    end =
        "%d probes removed, the text is %s"
            .formatted(probes, isRestored ? "as it was" : "NOT as it was");
  }

  /** Writes the answer. */
  ExitCode finish() {
    wipe();
    rows.forEach(row -> row.average(millis));
    out.println();
    draw(out);
    pictures.forEach(out::println);
    if (end.isEmpty()) {
      out.flush();
      throw new CommandFailure(ExitCode.FOUND, "the process ended before the trace did");
    }
    out.printf(Locale.ROOT, "%.1f s, %s%n", millis / 1000.0, end);
    return restored ? ExitCode.OK : ExitCode.FOUND;
  }
}
