package io.github.optprobe.testkit.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Collects what became of the rules of one kit on one thing under test, and sums it up in one line:
 *
 * <pre>text memory ByteArrayText: rules 31/33 pass · 2 skipped (NEAR absent) · seed 0x5eed · 0.8 s
 * </pre>
 *
 * <p>A rule may be tried many times, for many cases: it has failed if one of them failed, and is
 * skipped only if all were. Besides rules, a kit may count whatever it wants to be seen.
 *
 * <p>Thread-safe.
 */
public final class KitReport {
  private static final String SEPARATOR = " · ";
  private static final double NANOS = 1e9;
  private static final long DEFAULT_SEED = 0x5eed;

  private final String kind;
  private final String name;
  private final long seed;
  private final LongSupplier nanoClock;
  private final long begun;

  private final Set<String> tried = new TreeSet<>();
  private final Set<String> passed = new TreeSet<>();
  private final Set<String> failed = new TreeSet<>();
  private final Map<String, String> skipped = new TreeMap<>();
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Map<String, Long> outOf = new LinkedHashMap<>();

  /**
   * Begins a report; the time runs from now on.
   *
   * @param kind what sort of thing is under test, such as {@code text memory}
   * @param name which one
   * @param seed what random choices start from
   */
  public KitReport(String kind, String name, long seed) {
    this(kind, name, seed, System::nanoTime);
  }

  /** The same with a clock of its own: nanoseconds from any point on. */
  KitReport(String kind, String name, long seed, LongSupplier nanoClock) {
    this.kind = kind;
    this.name = name;
    this.seed = seed;
    this.nanoClock = nanoClock;
    begun = nanoClock.getAsLong();
  }

  /**
   * What random choices of a kit start from: the system property {@code optprobe.seed}, a number
   * that may be hexadecimal; {@code 0x5eed} without it.
   */
  public static long configuredSeed() {
    return Long.getLong("optprobe.seed", DEFAULT_SEED);
  }

  /** What random choices start from. */
  public long seed() {
    return seed;
  }

  /** A rule held, in one case. */
  public synchronized void passed(KitRule rule) {
    tried.add(rule.number());
    passed.add(rule.number());
  }

  /** A rule did not hold, in one case. */
  public synchronized void failed(KitRule rule) {
    tried.add(rule.number());
    failed.add(rule.number());
  }

  /**
   * A rule was not tried, in one case.
   *
   * @param reason why, a short phrase such as {@code NEAR absent}
   */
  public synchronized void skipped(KitRule rule, String reason) {
    tried.add(rule.number());
    skipped.put(rule.number(), reason);
  }

  /**
   * Counts something: {@code cases}, {@code disagreements}.
   *
   * @param what the word in front of the number
   * @param more how many more of them
   */
  public synchronized void count(String what, long more) {
    counts.merge(what, more, Long::sum);
  }

  /**
   * Counts something of which a known number is to be reached: {@code decode entries 187/187}.
   *
   * @param what the words in front of the numbers
   * @param more how many more were reached
   * @param total how many there are; the last one given counts
   */
  public synchronized void count(String what, long more, long total) {
    counts.merge(what, more, Long::sum);
    outOf.put(what, total);
  }

  /** The numbers of the rules that failed, in order, a copy. */
  public synchronized List<String> failures() {
    return List.copyOf(failed);
  }

  /** The numbers of the rules that were skipped in every case, in order, a copy. */
  public synchronized List<String> skips() {
    return skipped.keySet().stream().filter(rule -> !isDecided(rule)).toList();
  }

  private boolean isDecided(String rule) {
    return passed.contains(rule) || failed.contains(rule);
  }

  /** Everything in one line, without a line end. */
  public synchronized String totals() {
    List<String> parts = new ArrayList<>();
    parts.add("rules %d/%d pass".formatted(held(), tried.size()));
    if (!failed.isEmpty()) {
      parts.add("%d FAILED (%s)".formatted(failed.size(), String.join(", ", failed)));
    }
    if (!skips().isEmpty()) {
      parts.add("%d skipped (%s)".formatted(skips().size(), String.join(", ", reasons())));
    }
    counts.keySet().forEach(what -> parts.add(counted(what)));
    parts.add("seed 0x%x".formatted(seed));
    parts.add(String.format(Locale.ROOT, "%.1f s", (nanoClock.getAsLong() - begun) / NANOS));
    return "%s %s: %s".formatted(kind, name, String.join(SEPARATOR, parts));
  }

  private long held() {
    return passed.stream().filter(rule -> !failed.contains(rule)).count();
  }

  private Collection<String> reasons() {
    Set<String> reasons = new LinkedHashSet<>();
    skips().forEach(rule -> reasons.add(skipped.get(rule)));
    return reasons;
  }

  private String counted(String what) {
    String count = String.format(Locale.ROOT, "%,d", counts.get(what));
    Long total = outOf.get(what);
    return total == null
        ? what + " " + count
        : String.format(Locale.ROOT, "%s %s/%,d", what, count, total);
  }

  /** The totals. */
  @Override
  public String toString() {
    return totals();
  }
}
