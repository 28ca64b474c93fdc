package io.github.optprobe.testkit.protocol;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what is tried in all runs, and keeps one violation of each kind and place. */
final class Tally {
  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private final Map<String, Violation> violations = new LinkedHashMap<>();
  private long violationCount;
  private long runs;
  private long steps;
  private long positions;
  private long views;

  void run(int stepsOfRun) {
    runs++;
    steps += stepsOfRun;
  }

  void positions(int more) {
    positions += more;
  }

  void view(Verdict verdict) {
    views++;
    verdicts.merge(verdict, 1L, Long::sum);
  }

  /** Whether the first of its kind, for which a picture is worth drawing. */
  boolean isFirst(Flaw flaw, long address) {
    violationCount++;
    return !violations.containsKey(key(flaw, address));
  }

  void add(Violation violation) {
    violations.put(key(violation.flaw(), violation.address()), violation);
  }

  private static String key(Flaw flaw, long address) {
    return flaw + " " + address;
  }

  ProtocolReport report(String name) {
    return new ProtocolReport(
        name,
        runs,
        steps,
        positions,
        views,
        verdicts,
        violationCount,
        List.copyOf(violations.values()));
  }
}
