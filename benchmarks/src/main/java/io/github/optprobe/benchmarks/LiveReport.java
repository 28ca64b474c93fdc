package io.github.optprobe.benchmarks;

import io.github.optprobe.live.LiveProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a hit costs on this CPU: one tiny function of zlib, called from a loop in machine code, with
 * one kind of probe after the other. Prints a table in Markdown and whether what was wanted is met.
 *
 * <p>Then what it costs to look at the threads when 1,000 functions of a library are probed at
 * once. That is time by the clock, and an answer comes when the thread that is asked gets a CPU: on
 * a machine that others use, the quickest batch says more than the median.
 *
 * <p>Arguments: the number of rounds, if another than 101 is wanted. On Java 22 and later {@code
 * -Doptprobe.live.upcalls=jna} has handlers called as on 17.
 */
public final class LiveReport {
  private static final int ROUNDS = 101;
  private static final int SCANS = 21;
  private static final double MOST_FOR_COUNT = 12;
  private static final double MOST_FOR_UPCALL = 120;
  private static final double MOST_FOR_CALLBACK = 1_100;
  private static final double LEAST_FOR_BOOSTED = 100;
  private static final double LEAST_FOR_STEPPED = 300;
  private static final double MOST_FOR_LOOKS = 5;

  private final PrintStream out;
  private final LiveProcess live;

  private LiveReport(PrintStream out, LiveProcess live) {
    this.out = out;
    this.live = live;
  }

  /** Prints the report. */
  public static void main(String[] args) throws InterruptedException {
    Optional<String> whyNot = LiveProcess.whyNot();
    if (whyNot.isPresent()) {
      System.out.println(whyNot.get());
      return;
    }
    try (LiveProcess live = LiveProcess.builder().optimizerByHand().open()) {
      LiveReport report = new LiveReport(System.out, live);
      report.hits(args.length == 0 ? ROUNDS : Integer.parseInt(args[0]));
      report.scans();
    }
  }

  private void hits(int rounds) throws InterruptedException {
    LiveCases cases = new LiveCases(live.kprobes());
    LiveRounds measured = new LiveRounds(live.kprobes(), cases.all(), rounds);
    measured.run();
    print(
        "%s, called from machine code; %d rounds, in each one batch of every line; %s, Java %s, %s.",
        cases.function(), rounds, cpu(), Runtime.version(), live.upcalls());
    print("");
    print("| call | ns | more than the call alone | times the count |");
    print("| --- | --- | --- | --- |");
    for (LiveCase each : cases.all()) {
      boolean baseline = each.equals(cases.plain);
      print(
          "| %s | %,.1f | %s | %s |",
          each.name(),
          measured.nanos(each),
          baseline ? "" : "%,.1f".formatted(measured.over(each)),
          baseline ? "" : "%,.1f".formatted(measured.timesOver(each, cases.count)));
    }
    print("");
    goals(cases, measured);
  }

  private void goals(LiveCases cases, LiveRounds measured) {
    atMost("a jump that counts, over the call", measured.over(cases.count), MOST_FOR_COUNT, "ns");
    atMost(
        "a jump to a handler in Java by %s, over the call".formatted(live.upcalls()),
        measured.over(cases.javaAtEntry),
        live.upcalls().startsWith("FFM") ? MOST_FOR_UPCALL : MOST_FOR_CALLBACK,
        "ns");
    atLeast(
        "a boosted probe that counts, times the jump that counts",
        measured.timesOver(cases.boostedCount, cases.count),
        LEAST_FOR_BOOSTED);
    atLeast(
        "a single-stepped probe, times the jump that counts",
        measured.timesOver(cases.singleStep, cases.count),
        LEAST_FOR_STEPPED);
  }

  private void scans() throws InterruptedException {
    Optional<LiveScan> scan = LiveScan.of(live);
    if (scan.isEmpty()) {
      print("no library with %,d functions that can be probed by jumps", LiveScan.COUNT);
      return;
    }
    print("");
    print(
        "| %s, %d threads; load of the machine %s | looks | ms for them | ms in all |",
        scan.get().library(), threads(), load());
    print("| --- | --- | --- | --- |");
    List<LiveScan.Batch> batches = new ArrayList<>();
    for (int i = 0; i < SCANS; i++) {
      batches.add(scan.get().batch());
    }
    print("first batch", batches.get(0));
    print("second batch", batches.get(1));
    batches.sort(Comparator.comparingDouble(LiveScan.Batch::lookMillis));
    LiveScan.Batch median = batches.get(SCANS / 2);
    print("quickest of %d".formatted(SCANS), batches.get(0));
    print("median", median);
    print("");
    atMost(
        "looking at the threads while %,d probes are optimized".formatted(LiveScan.COUNT),
        median.lookMillis(),
        MOST_FOR_LOOKS,
        "ms");
  }

  private void print(String name, LiveScan.Batch batch) {
    print(
        "| %s: %,d jumps | %d | %.2f | %.1f |",
        name, batch.optimized(), batch.looks(), batch.lookMillis(), batch.millis());
  }

  private void atMost(String what, double is, double most, String unit) {
    String verdict = is <= most ? "met" : "missed";
    print("%s: %s: %,.1f %s, wanted at most %,.0f", verdict, what, is, unit, most);
  }

  private void atLeast(String what, double is, double least) {
    String verdict = is >= least ? "met" : "missed";
    print("%s: %s: %,.0f, wanted at least %,.0f", verdict, what, is, least);
  }

  private void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private static long threads() {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.count();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** How many threads of all processes wanted a CPU in the last minute: they delay answers. */
  private static String load() {
    try {
      return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static String cpu() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("an unknown CPU");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
