package io.github.optprobe.testkit.execute;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.InstructionText;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an executor is known to do otherwise than the manual says, or what shows the code where it
 * stands. Looked at only where a comparison has failed: it explains a difference, and hides none
 * that it does not name. Immutable and thread-safe.
 *
 * @param entries the deviations
 */
public record Deviations(List<Deviation> entries) {
  /** None is known. */
  public static final Deviations NONE = new Deviations(List.of());

  /** Creates a collection. */
  public Deviations {
    entries = List.copyOf(entries);
  }

  /**
   * One of them.
   *
   * @param instruction found in those that it concerns: their disassembly, a blank, a semicolon, a
   *     blank, and their bytes as hex pairs with a blank behind each
   * @param tiers the tiers in which it shows
   * @param faultsOnly whether it shows only where the original faults
   * @param reason what is wrong, a sentence
   */
  public record Deviation(Pattern instruction, Set<Tier> tiers, boolean faultsOnly, String reason) {
    /** Creates one. */
    public Deviation {
      tiers = Set.copyOf(tiers);
    }

    /** One that shows in every tier. */
    public static Deviation of(String instruction, String reason) {
      return new Deviation(Pattern.compile(instruction), EnumSet.allOf(Tier.class), false, reason);
    }

    /** One that shows in every tier where the original faults. */
    public static Deviation ofFaults(String instruction, String reason) {
      return new Deviation(Pattern.compile(instruction), EnumSet.allOf(Tier.class), true, reason);
    }

    /** One that shows in some tiers. */
    public static Deviation in(String instruction, String reason, Tier... tiers) {
      return new Deviation(
          Pattern.compile(instruction), Set.copyOf(Arrays.asList(tiers)), false, reason);
    }
  }

  /** Whether one of them concerns some of these instructions in a tier, if they end like that. */
  public boolean concern(List<InstructionText> code, Tier tier, Ending end) {
    return entries.stream()
        .filter(entry -> !entry.faultsOnly() || end.isFault())
        .filter(entry -> entry.tiers().contains(tier))
        .anyMatch(
            entry ->
                code.stream().anyMatch(line -> entry.instruction().matcher(shown(line)).find()));
  }

  private static String shown(InstructionText line) {
    return "%s ; %s ".formatted(line.text(), line.bytes());
  }
}
