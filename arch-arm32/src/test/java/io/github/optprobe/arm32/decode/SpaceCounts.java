package io.github.optprobe.arm32.decode;

import java.util.Map;
import java.util.TreeMap;

/** How many encodings are treated and refused how. */
final class SpaceCounts {
  private final Map<String, Long> counts = new TreeMap<>();

  void add(Instruction instruction) {
    boolean refused = instruction.verdict().isRefused();
    String name =
        refused ? "REFUSE:" + instruction.objection() : instruction.treatment().toString();
    add(name, 1);
  }

  void add(String name, long count) {
    counts.merge(name, count, Long::sum);
  }

  long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  Map<String, Long> byName() {
    return counts;
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
