package io.github.optprobe.live.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.live.safety.Here;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions are patched while eight threads run them; see {@link StressCampaign} for more. */
@Tag("classpath-only") // Long, or in a JVM of its own that it starts with the class path
class StressTest {
  private static final int PROBES = 16;
  private static final int ROUNDS = 2;
  private static final int THREADS = 8;
  private static final int CALLS = 200;

  @TempDir(cleanup = CleanupMode.NEVER)
  static Path folder;

  private static LiveProcess live;
  private static Cycles cycles;

  @BeforeAll
  static void open() {
    Here.assumeItRuns();
    StressLibrary library = StressLibrary.load(folder, PROBES);
    live = LiveProcess.builder().optimizerByHand().open();
    cycles = new Cycles(live, library, THREADS, CALLS);
  }

  @AfterAll
  static void close() {
    if (live != null) {
      live.close();
    }
  }

  private static void check(Outcome outcome, int rounds) {
    assertThat(outcome.wrong()).as("%s", outcome).isZero();
    assertThat(outcome.unfinished()).as("%s", outcome).isZero();
    assertThat(outcome.written()).as("%s", outcome).isEqualTo((long) PROBES * rounds);
    assertThat(outcome.removed()).as("%s", outcome).isEqualTo(outcome.written());
    assertThat(live.kprobes().counters().failedTotal()).isZero();
    assertThat(live.lost()).isZero();
  }

  /** A counter, which runs no Java, misses no hit, whatever stands in the text at the moment. */
  @ParameterizedTest
  @EnumSource
  void jumps_come_and_go_under_a_counter(Shape shape) throws Exception {
    Outcome outcome = cycles.optimizing(shape, Handling.COUNTER, ROUNDS);
    check(outcome, ROUNDS);
    assertThat(outcome.hits()).as("%s", outcome).isGreaterThanOrEqualTo(outcome.calls());
  }

  @ParameterizedTest
  @EnumSource(names = {"SHORT", "BACK"})
  void jumps_come_and_go_under_java(Shape shape) throws Exception {
    Outcome outcome = cycles.optimizing(shape, Handling.JAVA, ROUNDS);
    check(outcome, ROUNDS);
    assertThat(outcome.hits()).as("%s", outcome).isGreaterThanOrEqualTo(outcome.calls());
  }

  @ParameterizedTest
  @EnumSource(names = "BACK")
  void probes_come_and_go(Shape shape) throws Exception {
    check(cycles.registering(shape, Handling.COUNTER, 1), 1);
  }

  @Test
  void return_probes_come_and_go_around_recursion() throws Exception {
    Outcome outcome = cycles.returning(Shape.RECURSION, 1);
    check(outcome, 1);
    assertThat(outcome.hits()).as("%s", outcome).isPositive();
  }
}
