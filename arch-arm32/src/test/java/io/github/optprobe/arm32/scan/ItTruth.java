package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.table.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The instructions in IT blocks, by what objdump prints of each IT. */
final class ItTruth {
  private ItTruth() {}

  /**
   * The condition that each instruction in a block has, and how many of the block are left.
   *
   * @param code the instructions, ascending
   */
  static Map<Long, String> of(Map<Long, String> code) {
    Map<Long, String> inBlock = new TreeMap<>();
    List<String> left = new ArrayList<>();
    for (Map.Entry<Long, String> line : code.entrySet()) {
      if (!left.isEmpty()) {
        inBlock.put(line.getKey(), left.get(0) + " " + left.size());
        left.remove(0);
      }
      String text = line.getValue();
      if (text.matches("it[te]{0,3}\\t[a-z]{2}.*")) {
        left.addAll(conditions(text));
      }
    }
    return inBlock;
  }

  private static List<String> conditions(String it) {
    String mnemonic = it.substring(0, it.indexOf('\t'));
    Condition first =
        Condition.valueOf(
            it.substring(it.indexOf('\t') + 1).strip().substring(0, 2).toUpperCase(Locale.ROOT));
    List<String> conditions = new ArrayList<>();
    for (char each : ("t" + mnemonic.substring(2)).toCharArray()) {
      conditions.add((each == 't' ? first : first.negated()).toString());
    }
    return conditions;
  }
}
