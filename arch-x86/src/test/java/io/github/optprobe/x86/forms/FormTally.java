package io.github.optprobe.x86.forms;

import io.github.optprobe.Tier;
import io.github.optprobe.x86.decode.KnownMnemonics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What became of each form in each tier. */
final class FormTally {
  private static final int SHOWN = 40;

  /** How an accepted form's runs ended. */
  enum Outcome {
    /** It was executed to its end, from one start state at least. */
    EXECUTED,
    /** It divided with an error from each start state, as {@code div rdx} can't but do. */
    ONLY_DIVIDE_ERRORS,
    /** It faulted from each start state. */
    ONLY_FAULTED,
    /** The CPU says that it is no instruction. */
    NOT_ON_THIS_CPU
  }

  private final Map<Tier, Map<String, Integer>> refusals = new EnumMap<>(Tier.class);
  private final Map<Tier, Map<Outcome, Integer>> outcomes = new EnumMap<>(Tier.class);
  private final Map<Outcome, Set<String>> mnemonics = new EnumMap<>(Outcome.class);
  private final Map<String, Set<String>> refusedMnemonics = new TreeMap<>();
  private final Set<String> seen = new TreeSet<>();
  private final List<String> differences = new ArrayList<>();
  private final List<String> onlyFaulted = new ArrayList<>();
  private final List<String> leaks = new ArrayList<>();
  private int forms;

  void found(Form form) {
    forms++;
    seen.add(form.instruction().mnemonic());
  }

  void refused(Form form, Tier tier, String code) {
    refusals.computeIfAbsent(tier, t -> new TreeMap<>()).merge(code, 1, Integer::sum);
    if (tier == Tier.SINGLE_STEP) {
      String mnemonic = form.instruction().mnemonic();
      refusedMnemonics.computeIfAbsent(code, c -> new TreeSet<>()).add(mnemonic);
    }
  }

  void ran(Form form, Tier tier, Outcome outcome) {
    outcomes
        .computeIfAbsent(tier, t -> new EnumMap<>(Outcome.class))
        .merge(outcome, 1, Integer::sum);
    String mnemonic = form.instruction().mnemonic();
    mnemonics.computeIfAbsent(outcome, o -> new TreeSet<>()).add(mnemonic);
    if (outcome == Outcome.ONLY_FAULTED) {
      onlyFaulted.add("%s %s".formatted(form, tier));
    }
  }

  void differs(Form form, Tier tier, String how) {
    differences.add("%s %s %s".formatted(form, tier, how));
  }

  void leaks(Form form, int allocations) {
    if (allocations != 0) {
      leaks.add("%s: %d".formatted(form, allocations));
    }
  }

  List<String> differences() {
    return differences;
  }

  List<String> leaks() {
    return leaks;
  }

  int count(Tier tier, Outcome outcome) {
    return outcomes.getOrDefault(tier, Map.of()).getOrDefault(outcome, 0);
  }

  /** Accepted forms that the CPU has, and that were never executed to their end. */
  List<String> neverExecuted() {
    return onlyFaulted;
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append(
        "%d forms of %d mnemonics; the decoder knows %d%n"
            .formatted(forms, seen.size(), KnownMnemonics.all().size()));
    for (Tier tier : Tier.values()) {
      table.append("%-12s %s%n".formatted(tier, outcomes.getOrDefault(tier, Map.of())));
      table.append("%-12s refused: %s%n".formatted("", refusals.getOrDefault(tier, Map.of())));
    }
    mnemonics.forEach(
        (outcome, set) -> table.append("%s: %d mnemonics%n".formatted(outcome, set.size())));
    refusedMnemonics.forEach((code, set) -> table.append("%s: %s%n".formatted(code, set)));
    Set<String> notFound = KnownMnemonics.all();
    notFound.removeAll(seen);
    table.append("not found: %s%n".formatted(notFound));
    table.append(shown("forms never executed to their end", onlyFaulted));
    return table.append(shown("differences", differences)).toString();
  }

  private static String shown(String what, List<String> all) {
    return "%d %s%n%s%n"
        .formatted(
            all.size(), what, String.join("\n", all.subList(0, Math.min(SHOWN, all.size()))));
  }
}
