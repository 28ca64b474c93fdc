package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Operand;
import io.github.optprobe.arm32.table.TableRow;
import io.github.optprobe.arm32.table.Treatment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was executed: for every row of the tables, in which tiers, and which classes of registers
 * stood in its fields.
 */
final class Coverage {
  private static final int SP = 13;
  private static final int LR = 14;
  private static final int PC = 15;
  private static final int WHOLE = 4;

  /**
   * One kind of thing to be covered: a row with a treatment, or a register in one of its fields.
   */
  private final Map<String, Long> executed = new TreeMap<>();

  private final TreeSet<String> wanted = new TreeSet<>();
  private final TreeSet<String> there = new TreeSet<>();
  private final Map<String, Long> refused = new TreeMap<>();

  /** Rows are told apart by their bits: names are not unique. */
  private static String rowName(ArmSet set, TableRow row, Treatment treatment) {
    return "%s | %s | %s".formatted(set, row, treatment);
  }

  /**
   * An encoding that the decoder accepts: its classes are to be covered.
   *
   * @return whether there is one among them that was not executed yet
   */
  boolean want(Forms forms, int encoding) {
    there.add(forms.set() + " " + forms.treatment());
    List<String> keys = keys(forms.set(), forms.row(), forms.treatment(), encoding);
    wanted.addAll(keys);
    return !executed.keySet().containsAll(keys);
  }

  /**
   * What a row says may stand in its register fields is to be covered, whether the forms have it or
   * not.
   */
  void wantAllowed(Forms forms) {
    String name = rowName(forms.set(), forms.row(), forms.treatment());
    for (Operand operand : forms.row().operands()) {
      if (operand.field().width() == WHOLE) {
        boolean onlyPc =
            operand.pcTreatment() == forms.treatment()
                && forms.row().treatment() != forms.treatment()
                && isOnlyWithPc(forms, operand);
        List<String> kinds = new ArrayList<>(onlyPc ? List.of() : List.of("ordinary"));
        if (!onlyPc && !isPair(operand)) {
          kinds.add("lr");
        }
        if (!onlyPc && !isPair(operand) && operand.allowsSp()) {
          kinds.add("sp");
        }
        if (operand.pcTreatment() == forms.treatment()) {
          kinds.add("pc");
        }
        kinds.forEach(
            kind -> wanted.add("%s | %s=%s".formatted(name, operand.field().letter(), kind)));
      }
    }
  }

  /** Neither of the two is even and has a register behind it. */
  private static boolean isPair(Operand operand) {
    return operand.access() == Operand.Access.READ_PAIR
        || operand.access() == Operand.Access.WRITE_PAIR;
  }

  /** Whether PC in this field, and in no other, is what makes the treatment. */
  private static boolean isOnlyWithPc(Forms forms, Operand operand) {
    return forms.row().operands().stream()
        .noneMatch(each -> !each.equals(operand) && each.pcTreatment() == forms.treatment());
  }

  /** Whether the set has instructions of a treatment. */
  boolean isThere(ArmSet set, Treatment treatment) {
    return there.contains(set + " " + treatment);
  }

  /** It was executed, and neither trapped nor looped. */
  void executed(Subject subject, String tier) {
    Instruction instruction = subject.decoded();
    TableRow row = Objects.requireNonNull(instruction.verdict().row());
    for (String key : keys(subject.set(), row, instruction.treatment(), subject.encoding())) {
      executed.merge(key, 1L, Long::sum);
    }
    executed.merge("tier %s %s".formatted(subject.set(), tier), 1L, Long::sum);
    executed.merge(
        "treatment %s %s %s".formatted(subject.set(), instruction.treatment(), tier),
        1L,
        Long::sum);
  }

  /** It was refused, for that reason, in a tier. */
  void refused(Subject subject, String reason) {
    Treatment treatment = subject.decoded().treatment();
    refused.merge("%s %s %s".formatted(subject.set(), treatment, reason), 1L, Long::sum);
  }

  private static List<String> keys(ArmSet set, TableRow row, Treatment treatment, int encoding) {
    List<String> keys = new ArrayList<>();
    String name = rowName(set, row, treatment);
    keys.add(name);
    for (Operand operand : row.operands()) {
      if (operand.field().width() == WHOLE) {
        String kind = kind(operand.field().of(encoding));
        keys.add("%s | %s=%s".formatted(name, operand.field().letter(), kind));
      }
    }
    return keys;
  }

  private static String kind(int register) {
    return switch (register) {
      case SP -> "sp";
      case LR -> "lr";
      case PC -> "pc";
      default -> "ordinary";
    };
  }

  /** What is wanted and was not executed. */
  List<String> missing() {
    return wanted.stream().filter(each -> !executed.containsKey(each)).toList();
  }

  int wantedCount() {
    return wanted.size();
  }

  /** Counts of executions by set and tier, and by treatment. */
  Map<String, Long> summary() {
    Map<String, Long> summary = new TreeMap<>();
    executed.forEach(
        (key, count) -> {
          if (key.startsWith("tier ") || key.startsWith("treatment ")) {
            summary.put(key, count);
          }
        });
    return summary;
  }

  /** Whether a treatment was executed in a tier at all. */
  boolean has(ArmSet set, Treatment treatment, String tier) {
    return executed.containsKey("treatment %s %s %s".formatted(set, treatment, tier));
  }

  Map<String, Long> refusals() {
    return refused;
  }
}
