package io.github.optprobe.examples.agent;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.live.LiveProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Probes functions, reports what comes of it at intervals, and removes the probes. */
final class Tracer {
  private static final int NANOS_PER_MILLI = 1_000_000;

  /** More than any window that a jump overwrites. */
  private static final int COMPARED_BYTES = 32;

  private final LiveProcess live;
  private final TraceRequest request;
  private final Connection connection;
  private final List<TracedFunction> functions;
  private int probes;

  Tracer(LiveProcess live, TraceRequest request, Connection connection) {
    this.live = live;
    this.request = request;
    this.connection = connection;
    functions =
        IntStream.range(0, request.places().size())
            .mapToObj(i -> new TracedFunction(i, request.places().get(i), request))
            .toList();
  }

  void run() throws IOException {
    for (TracedFunction function : functions) {
      if (function.hasJavaHandler() && CriticalSections.contain(function.place())) {
        connection.send(Line.of(Line.Word.FAILED, CriticalSections.reason(function.place())));
        return;
      }
    }
    trace();
  }

  private void trace() throws IOException {
    List<CodeAddress> places =
        functions.stream().map(each -> live.kprobes().resolve(each.place())).toList();
    byte[] before = textAt(places);
    register();
    long start = System.nanoTime();
    connection.send(Line.of(Line.Word.READY));
    connection.flush();
    reportUntilStopped(start);
    functions.forEach(TracedFunction::noteTier);
    // Before the last report, so that it has all hits.
    live.close();
    report(passedSince(start));
    send(functions.stream().flatMap(each -> each.histogram().stream()).toList());
    connection.send(Line.of(Line.Word.END, probes, Arrays.equals(before, textAt(places))));
  }

  /** All or none. */
  private void register() {
    List<Probe> all = functions.stream().flatMap(each -> each.probes().stream()).toList();
    List<ProbeHandle> handles = live.kprobes().registerAll(all);
    probes = handles.size();
    int each = probes / functions.size();
    for (int i = 0; i < functions.size(); i++) {
      functions.get(i).setHandles(handles.subList(i * each, (i + 1) * each));
    }
  }

  private void reportUntilStopped(long start) throws IOException {
    long passed = 0;
    while (!connection.isStoppedWithin(untilNext(passed))) {
      passed = passedSince(start);
      if (isOver(passed)) {
        break;
      }
      report(passed);
    }
  }

  private static long passedSince(long start) {
    return (System.nanoTime() - start) / NANOS_PER_MILLI;
  }

  private boolean isOver(long passed) {
    return request.durationMillis() > 0 && passed >= request.durationMillis();
  }

  /** On the beat, however long a report takes. */
  private int untilNext(long passed) {
    long beat = request.intervalMillis() - passed % request.intervalMillis();
    long left = request.durationMillis() > 0 ? request.durationMillis() - passed : beat;
    return (int) Math.min(beat, left);
  }

  private void report(long passed) throws IOException {
    send(functions.stream().flatMap(each -> each.events().stream()).toList());
    send(functions.stream().map(TracedFunction::row).toList());
    connection.send(Line.of(Line.Word.ROUND, passed));
    connection.flush();
  }

  private void send(List<Line> lines) throws IOException {
    for (Line line : lines) {
      connection.send(line);
    }
  }

  private byte[] textAt(List<CodeAddress> places) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] some = new byte[COMPARED_BYTES];
    for (CodeAddress place : places) {
      // A function at the end of its library has fewer.
      bytes.write(some, 0, live.text().read(place.value(), some, 0, some.length));
    }
    return bytes.toByteArray();
  }
}
