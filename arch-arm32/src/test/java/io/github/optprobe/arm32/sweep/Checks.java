package io.github.optprobe.arm32.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.oracle.ExecutionCounts;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The checks of the sample, and what each of them does unprobed. */
final class Checks {
  private final List<Check> all = new ArrayList<>();

  Checks(Program program) {
    long count = program.unprobed(call(program, "sample_checks")).results().get(0);
    for (int i = 0; i < count; i++) {
      Scenario scenario = call(program, "sample_check", i);
      Observation unprobed = program.unprobed(scenario);
      assertThat(unprobed.results()).as("check %d", i).containsExactly(1L);
      all.add(new Check(scenario, unprobed, ExecutionCounts.of(unprobed.path())));
    }
  }

  private static Scenario call(Program program, String name, long... arguments) {
    long function = program.image.pointerTo(name);
    return guest -> guest.call(function, arguments);
  }

  /** One of them. */
  record Check(Scenario scenario, Observation unprobed, ExecutionCounts counts) {}

  /** The one that executes an instruction, but not more often than any other that does. */
  Optional<Check> quietest(long address) {
    return all.stream()
        .filter(each -> each.counts().count(address) > 0)
        .min(
            Comparator.comparingLong((Check each) -> each.counts().count(address))
                .thenComparingInt(each -> each.unprobed().path().size()));
  }
}
