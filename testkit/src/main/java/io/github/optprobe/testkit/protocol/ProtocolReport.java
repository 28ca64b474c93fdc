package io.github.optprobe.testkit.protocol;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a check of a patch protocol found. Immutable.
 *
 * @param name what was checked
 * @param runs how often the patcher ran: each time somebody else stood in its way
 * @param steps how many steps it took in all: stores, synchronisations, questions for quiescence
 * @param positions how many times a CPU was stopped somewhere between two steps
 * @param views how many different fetches these CPUs could make, stale ones included
 * @param verdicts what came of these fetches
 * @param violationCount how many executions go wrong
 * @param violations the first of them for each flaw and address, in the order of their being found
 */
public record ProtocolReport(
    String name,
    long runs,
    long steps,
    long positions,
    long views,
    Map<Verdict, Long> verdicts,
    long violationCount,
    List<Violation> violations) {

  /** Creates a report. */
  public ProtocolReport {
    verdicts = Map.copyOf(verdicts);
    violations = List.copyOf(violations);
  }

  /** Whether nothing goes wrong. */
  public boolean isSafe() {
    return violations.isEmpty();
  }

  /** What is wrong, a copy; empty if nothing is. */
  public Set<Flaw> flaws() {
    Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
    violations.forEach(violation -> flaws.add(violation.flaw()));
    return flaws;
  }

  /** How many fetches came out so. */
  public long count(Verdict verdict) {
    return verdicts.getOrDefault(verdict, 0L);
  }

  /** What was tried and what came of it, in one line. */
  public String totals() {
    return String.format(
        Locale.ROOT,
        "%s: %s · %,d runs · %,d steps · %,d positions · %,d views (%s)",
        name,
        isSafe() ? "safe" : String.format(Locale.ROOT, "%,d VIOLATIONS", violationCount),
        runs,
        steps,
        positions,
        views,
        new EnumMap<>(allVerdicts())
            .entrySet().stream()
                .map(
                    each ->
                        String.format(Locale.ROOT, "%s %,d", lower(each.getKey()), each.getValue()))
                .collect(Collectors.joining(", ")));
  }

  private Map<Verdict, Long> allVerdicts() {
    Map<Verdict, Long> all = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      all.put(verdict, count(verdict));
    }
    return all;
  }

  private static String lower(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  /** The totals, and a picture of each violation. */
  @Override
  public String toString() {
    return violations.stream()
        .map(violation -> "\n\n" + violation.picture())
        .collect(Collectors.joining("", totals(), ""));
  }
}
