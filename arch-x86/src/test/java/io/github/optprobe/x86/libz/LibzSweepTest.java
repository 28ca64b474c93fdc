package io.github.optprobe.x86.libz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.Tier;
import io.github.optprobe.WindowPolicy;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A probe on every instruction boundary of the functions of the machine's libz that the workloads
 * enter: one at a time, then as many at once as there can be, in each tier. Each run is compared
 * with the unprobed one; the probe's hits with how often the unprobed run executed its instruction.
 */
@Tag("corpus")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibzSweepTest {
  private static final int LEAST_FUNCTIONS = 50;

  /** One boundary in so many is probed alone in each build. */
  private static final int SHARE = 10;

  private LibzBench bench;

  @BeforeAll
  void loadLibz() {
    Optional<Path> file = Libz.file();
    assumeTrue(file.isPresent(), "no libz.so.1 for x86-64 on this machine");
    bench = new LibzBench(file.orElseThrow());
  }

  @AfterAll
  void close() {
    if (bench != null) {
      bench.close();
    }
  }

  @Test
  void the_workloads_enter_at_least_fifty_functions() {
    Set<String> entered = new TreeSet<>();
    bench.enteredFunctions().forEach(function -> entered.add(function.name()));
    System.out.printf("libz: %d functions entered: %s%n", entered.size(), entered);
    assertThat(entered).hasSizeGreaterThanOrEqualTo(LEAST_FUNCTIONS);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void one_probe_at_a_time_changes_nothing_and_misses_nothing(Tier tier) {
    probeOneAtATime(tier, SHARE);
  }

  /** All of them, which takes a minute and a half. */
  @Tag("campaign")
  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void each_probe_alone_changes_nothing_and_misses_nothing(Tier tier) {
    probeOneAtATime(tier, 1);
  }

  private void probeOneAtATime(Tier tier, int share) {
    Tally tally = new Tally(tier);
    bench.probeEach(tier, share, tally);
    System.out.println(tally);
    assertThat(tally.differences()).isEmpty();
    assertThat(tally.inTier()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void all_probes_at_once_change_nothing_and_execute_the_same_path(Tier tier) {
    Map<Tier, Integer> reached = new EnumMap<>(Tier.class);
    for (Workload workload : Workload.values()) {
      List<Tier> tiers = bench.probeAll(workload, tier);
      tiers.forEach(each -> reached.merge(each, 1, Integer::sum));
    }
    System.out.printf("libz, all at once up to %s: probes by tier %s%n", tier, reached);
    assertThat(reached).containsKey(tier);
  }

  @Test
  void relaxed_more_entries_are_jumps_and_nothing_changes() {
    long conservative = 0;
    long relaxed = 0;
    for (Workload workload : Workload.values()) {
      conservative = bench.probeEntries(workload, WindowPolicy.CONSERVATIVE);
      relaxed = bench.probeEntries(workload, WindowPolicy.RELAXED);
    }
    System.out.printf(
        "libz, entries: %d optimized conservatively, %d relaxed%n", conservative, relaxed);
    assertThat(relaxed).isGreaterThanOrEqualTo(conservative);
  }
}
