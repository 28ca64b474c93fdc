package io.github.optprobe.x86.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.traced.TracedMachine;
import io.github.optprobe.testkit.traced.TracedUnavailableException;
import io.github.optprobe.x86.sweep.SweepTally.Count;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real code on this machine's CPU: what stands at boundaries of its libraries, copied, emulated and
 * relocated in a detour buffer, does from many states what the original does.
 */
@Tag("corpus")
class LibrarySweepTest {
  private static final int FAST_FUNCTIONS = 60;
  private static final int FAST_SAMPLE = 140;
  private static final int SAMPLE = Integer.getInteger("optprobe.sweep.boundaries", 200_000);
  private static final String LIBRARIES = System.getProperty("optprobe.sweep.libraries", "");

  @Test
  void some_functions_of_each_library_run_relocated_as_they_run_in_place() {
    orSkip();
    for (NativeLibraries.Found library : NativeLibraries.find(Set.of())) {
      check(sweep(library, FAST_FUNCTIONS, FAST_SAMPLE));
    }
  }

  /**
   * All entries of all libraries and a sample. Property {@code optprobe.sweep.boundaries}: how many
   * boundaries in all besides the entries; {@code optprobe.sweep.libraries}: which, such as {@code
   * libz,libc}.
   */
  @Test
  @Tag("campaign")
  void all_functions_run_relocated_as_they_run_in_place() {
    orSkip();
    Set<String> wanted = LIBRARIES.isEmpty() ? Set.of() : Set.of(LIBRARIES.split(","));
    List<NativeLibraries.Found> libraries =
        NativeLibraries.find(wanted).stream()
            .sorted(Comparator.comparing(each -> each.image().memory().capacity()))
            .toList();
    List<SweepTally> tallies = new ArrayList<>();
    int left = SAMPLE;
    for (int i = 0; i < libraries.size(); i++) {
      // What a small library does not have is left to the larger ones.
      SweepTally tally = sweep(libraries.get(i), 0, left / (libraries.size() - i));
      tallies.add(tally);
      left -= (int) (tally.get(Count.TRIED) - tally.get(Count.ENTRIES));
    }
    tallies.forEach(LibrarySweepTest::check);
  }

  private static SweepTally sweep(NativeLibraries.Found library, int functions, int sample) {
    long start = System.nanoTime();
    try (LibrarySweep sweep = new LibrarySweep(library, functions, sample, StartStates.KINDS)) {
      SweepTally tally = sweep.run();
      System.out.printf("%.1f s: %s", (System.nanoTime() - start) / 1e9, tally);
      return tally;
    }
  }

  private static void check(SweepTally tally) {
    assertThat(tally.differences()).as(tally.name()).isEmpty();
    assertThat(tally.get(Count.WINDOWS_EXECUTED)).as(tally.name()).isPositive();
    assertThat(tally.get(Count.THROUGH_JUMP)).as(tally.name()).isPositive();
    assertThat(tally.get(Count.CONDITIONAL_BOTH_WAYS)).isEqualTo(tally.get(Count.CONDITIONAL));
  }

  private static void orSkip() {
    try {
      TracedMachine.start().close();
    } catch (TracedUnavailableException notHere) {
      Assumptions.abort(notHere.getMessage());
    }
  }
}
