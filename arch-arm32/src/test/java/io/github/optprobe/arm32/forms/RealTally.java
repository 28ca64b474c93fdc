package io.github.optprobe.arm32.forms;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a sweep over real code has seen. */
final class RealTally {
  private static final int MOST_DIFFERENCES = 40;

  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> differences = new ArrayList<>();
  private int differing;

  void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  int counted(String what) {
    return counts.getOrDefault(what, 0);
  }

  void differs(String description) {
    differing++;
    if (differences.size() < MOST_DIFFERENCES) {
      differences.add(description);
    }
  }

  List<String> differences() {
    return differences;
  }

  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    counts.forEach((what, count) -> lines.append("%8d  %s%n".formatted(count, what)));
    return lines.append("%8d  differences".formatted(differing)).toString();
  }
}
