package io.github.optprobe.arm32.emulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arm32.forms.Form;

/** How many runs there were, and of what sort: both sides may be right about nothing. */
final class Tally {
  private int runs;
  private int faults;
  private int skipped;
  private int doneInBlock;
  private int skippedInBlock;

  /** Counts one run. */
  void add(TwinRun.Result result) {
    runs++;
    faults += result.faulted() ? 1 : 0;
    skipped += result.passed() ? 0 : 1;
    if (result.inBlock()) {
      doneInBlock += result.passed() && !result.faulted() ? 1 : 0;
      skippedInBlock += result.passed() ? 0 : 1;
    }
  }

  void add(Tally other) {
    runs += other.runs;
    faults += other.faults;
    skipped += other.skipped;
    doneInBlock += other.doneInBlock;
    skippedInBlock += other.skippedInBlock;
  }

  /** Something was done, and if it can stand in an IT block, there too, and left out as well. */
  void check(Form form) {
    assertThat(runs - faults - skipped).as("%s: %s", form, this).isGreaterThan(runs / 20);
    if (!form.placesInBlock().isEmpty()) {
      assertThat(doneInBlock).as("%s: %s", form, this).isPositive();
      assertThat(skippedInBlock).as("%s: %s", form, this).isPositive();
    }
  }

  @Override
  public String toString() {
    return "%d runs, %d faulted, %d with a condition that does not hold; in IT blocks %d done, %d not"
        .formatted(runs, faults, skipped, doneInBlock, skippedInBlock);
  }
}
