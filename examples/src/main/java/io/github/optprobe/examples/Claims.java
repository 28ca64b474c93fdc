package io.github.optprobe.examples;

import java.io.PrintStream;

/** Prints one line per claim, computed, and counts those that did not hold. Not thread-safe. */
final class Claims {
  private final PrintStream out;
  private int held;
  private int failed;

  Claims(PrintStream out) {
    this.out = out;
  }

  void check(boolean holds, String claim) {
    out.printf("  %s %s%n", holds ? "ok  " : "FAIL", claim);
    if (holds) {
      held++;
    } else {
      failed++;
    }
  }

  void checkEqual(Object expected, Object actual, String claim) {
    boolean equal = expected.equals(actual);
    check(equal, equal ? claim : "%s: expected %s, got %s".formatted(claim, expected, actual));
  }

  boolean allHeld() {
    return failed == 0 && held > 0;
  }

  void printTotal() {
    out.printf("%d claims hold, %d do not%n", held, failed);
  }
}
