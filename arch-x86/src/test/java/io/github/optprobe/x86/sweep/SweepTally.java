package io.github.optprobe.x86.sweep;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What became of the boundaries of a library. */
final class SweepTally {
  private static final int SHOWN = 30;

  /** What is counted. */
  enum Count {
    /** Function entries among the boundaries. */
    ENTRIES,
    /** Boundaries. */
    TRIED,
    /** A probe can stand there. */
    PROBED,
    /** It can be boosted. */
    BOOSTED,
    /** It can be emulated. */
    EMULATED,
    /** It can be a jump, by the kernel's rule for indirect jumps. */
    OPTIMIZED_CONSERVATIVE,
    /** It can be a jump, by the relaxed rule. */
    OPTIMIZED_RELAXED,
    /** Its window can be relocated, whether or not it may be overwritten. */
    WINDOWS,
    /** Copies executed to their end, from one start state at least. */
    COPIES_EXECUTED,
    /** Copies that faulted from every start state, as the original did. */
    COPIES_ONLY_FAULTED,
    /** Windows executed to a way out. */
    WINDOWS_EXECUTED,
    /** Windows that faulted from every start state, as the original did. */
    WINDOWS_ONLY_FAULTED,
    /** Emulations compared in one state at least. */
    EMULATIONS_EXECUTED,
    /** Emulations that could not be compared in any state. */
    EMULATIONS_ONLY_FAULTED,
    /** Conditional branches on flags. */
    CONDITIONAL,
    /** Those of them that went both ways. */
    CONDITIONAL_BOTH_WAYS,
    /** Probed by the registry, through jump, gate and detour buffer. */
    THROUGH_JUMP,
    /** Runs compared. */
    RUNS,
    /** Points at which everything was compared. */
    POINTS,
    /** Runs that ended with a fault, the same one. */
    FAULTS,
    /** Points at an indirect call, where a word below the stack pointer may differ. */
    CALLS_EXEMPT,
    /** Runs that ended at a branch to what is no address. */
    TO_NO_ADDRESS,
    /** Emulations of what the CPU says is no instruction: nothing to compare with. */
    NOT_ON_THIS_CPU,
    /** Runs of which only the way was compared: times and random numbers. */
    UNREPEATABLE,
    /** Runs that were not through after so many instructions, compared up to there. */
    CUT_OFF
  }

  private final String name;
  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private final Map<String, Integer> refused = new TreeMap<>();
  private final Map<String, Integer> notOptimized = new TreeMap<>();
  private final Map<String, Integer> onlyFaulted = new TreeMap<>();
  private final Map<String, Integer> refusedMnemonics = new TreeMap<>();
  private final List<String> differences = new ArrayList<>();
  private int differing;

  SweepTally(String name) {
    this.name = name;
  }

  void count(Count what) {
    counts.merge(what, 1L, Long::sum);
  }

  void countIf(boolean so, Count what) {
    if (so) {
      count(what);
    }
  }

  long get(Count what) {
    return Objects.requireNonNullElse(counts.get(what), 0L);
  }

  void refused(String code, String mnemonic) {
    refused.merge(code, 1, Integer::sum);
    refusedMnemonics.merge(code + " " + mnemonic, 1, Integer::sum);
  }

  void notOptimized(String code) {
    notOptimized.merge(code, 1, Integer::sum);
  }

  void onlyFaulted(String mnemonic) {
    onlyFaulted.merge(mnemonic, 1, Integer::sum);
  }

  void differs(String where, Object how) {
    differing++;
    if (differences.size() < SHOWN) {
      differences.add(where + ": " + how);
    }
  }

  List<String> differences() {
    return differences;
  }

  String name() {
    return name;
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder(name).append(System.lineSeparator());
    for (Count count : Count.values()) {
      table.append("  %-24s %d%n".formatted(count, get(count)));
    }
    table.append("  refused                  %s%n".formatted(refused));
    table.append("  refused, instructions    %s%n".formatted(refusedMnemonics));
    table.append("  not optimized (RELAXED)  %s%n".formatted(notOptimized));
    table.append("  only faulted             %s%n".formatted(onlyFaulted));
    table.append("  differences              %d%n".formatted(differing));
    differences.forEach(each -> table.append("    %s%n".formatted(each)));
    return table.toString();
  }
}
