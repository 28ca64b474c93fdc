package io.github.optprobe.examples.command;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Names like one that is not there, for "did you mean". Alike are names that contain each other and
 * those that differ in few characters (Levenshtein's distance).
 */
final class Suggestions {
  private static final int MOST = 5;

  private final String wrong;

  private Suggestions(String wrong) {
    this.wrong = wrong;
  }

  /** At most five, the most alike first. */
  static List<String> of(String wrong, Collection<String> names) {
    Suggestions suggestions = new Suggestions(wrong);
    Comparator<String> byDistance = Comparator.comparingInt(suggestions::distance);
    return names.stream()
        .filter(suggestions::isAlike)
        .sorted(byDistance.thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  private boolean isAlike(String name) {
    boolean contained = wrong.length() > 2 && name.contains(wrong);
    return contained || distance(name) <= mostDifferences();
  }

  private int mostDifferences() {
    return wrong.length() < 4 ? 1 : Math.max(2, wrong.length() / 3);
  }

  private int distance(String name) {
    int[] row = new int[name.length() + 1];
    for (int i = 0; i <= name.length(); i++) {
      row[i] = i;
    }
    for (int i = 1; i <= wrong.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= name.length(); j++) {
        int replaced = diagonal + (wrong.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[name.length()];
  }
}
