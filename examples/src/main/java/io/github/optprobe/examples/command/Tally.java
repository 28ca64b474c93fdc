package io.github.optprobe.examples.command;

import java.util.Collections;
import java.util.EnumMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts what became of instructions. Not thread-safe; given away only when it is complete. */
final class Tally {
  private final EnumMap<Count, Long> counts = new EnumMap<>(Count.class);
  private final TreeMap<String, Long> refused = new TreeMap<>();
  private final TreeMap<String, Long> notOptimized = new TreeMap<>();
  private final TreeMap<String, Long> notExecuted = new TreeMap<>();

  /** What is counted: instructions, but for the last. */
  enum Count {
    /** Starts of instructions. */
    BOUNDARIES("boundaries"),
    /** Can be probed in one tier at least. */
    PROBED("probed"),
    /** Can be probed with the copy stepped. */
    SINGLE_STEP("singleStep"),
    /** Can be probed with the copy run. */
    BOOSTED("boosted"),
    /** Can be probed with the effect computed. */
    EMULATED("emulated"),
    /** Can be probed by a jump, whatever is known of entries. */
    OPTIMIZED_AT_ONCE("optimizedAtOnce"),
    /** Can be probed by a jump because the file says where its function is entered. */
    OPTIMIZED_BY_ENTRIES("optimizedByEntries"),
    /** Were executed in place and relocated, and did the same. */
    EXECUTED("executed"),
    /** Were executed in place and relocated, and did not. */
    DIFFERS("differs"),
    /** Could not be executed. */
    NOT_EXECUTED("notExecuted"),
    /** From how many states, over all. */
    EXECUTED_CASES("executedCases");

    private final String field;

    Count(String field) {
      this.field = field;
    }

    /** The name in JSON. */
    String field() {
      return field;
    }
  }

  void add(Count count) {
    add(count, 1);
  }

  void add(Count count, long times) {
    counts.merge(count, times, Long::sum);
  }

  void addRefused(String code) {
    refused.merge(code, 1L, Long::sum);
  }

  void addNotOptimized(String code) {
    notOptimized.merge(code, 1L, Long::sum);
  }

  void addNotExecuted(String reason) {
    notExecuted.merge(reason, 1L, Long::sum);
  }

  /** Adds all of another. */
  void add(Tally other) {
    other.counts.forEach(this::add);
    other.refused.forEach((code, times) -> refused.merge(code, times, Long::sum));
    other.notOptimized.forEach((code, times) -> notOptimized.merge(code, times, Long::sum));
    other.notExecuted.forEach((reason, times) -> notExecuted.merge(reason, times, Long::sum));
  }

  long get(Count count) {
    return counts.getOrDefault(count, 0L);
  }

  /** Can be probed by a jump. */
  long optimized() {
    return get(Count.OPTIMIZED_AT_ONCE) + get(Count.OPTIMIZED_BY_ENTRIES);
  }

  /** Can not be probed at all, by reason. */
  SortedMap<String, Long> refused() {
    return Collections.unmodifiableSortedMap(refused);
  }

  /** Can be probed, but not by a jump, by reason. */
  SortedMap<String, Long> notOptimized() {
    return Collections.unmodifiableSortedMap(notOptimized);
  }

  /** Could not be executed, by reason. */
  SortedMap<String, Long> notExecuted() {
    return Collections.unmodifiableSortedMap(notExecuted);
  }
}
