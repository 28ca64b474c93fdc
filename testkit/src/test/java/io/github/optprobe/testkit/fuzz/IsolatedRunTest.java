package io.github.optprobe.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A decoder that takes the process with it is named, with the case, and the run goes on. */
@Tag("corpus")
class IsolatedRunTest {
  private static final long SEED = 5;

  /** Few enough for two bad cases at most. */
  private static final long CASES = 400;

  private static FuzzPlan plan(String decoder, boolean guarded) {
    assumeTrue(System.getProperty("os.name", "").equals("Linux"), "needs Linux");
    return new FuzzPlan(
        TableDecoder.SET,
        List.of("planted-right", decoder),
        "random",
        SEED,
        Shard.WHOLE,
        CASES,
        false,
        guarded);
  }

  private static Bin onlyBin(FuzzReport report) {
    assertThat(report.complete()).isTrue();
    assertThat(report.tally().cases()).isEqualTo(CASES);
    assertThat(report.tally().bins()).hasSize(1);
    Bin bin = report.tally().bins().get(0);
    assertThat(bin.original()).startsWith("21");
    return bin;
  }

  @Test
  void aCrashIsFound(@TempDir Path folder) {
    FuzzReport report =
        new IsolatedRun(plan("planted-crashing", false), folder, Duration.ofMinutes(1), 9).run();
    assertThat(onlyBin(report).finding())
        .isEqualTo(new Finding("DIED", "planted-crashing", "the process ended", 0));
  }

  @Test
  void readingPastAGuardedInputIsFound(@TempDir Path folder) {
    FuzzReport report =
        new IsolatedRun(plan("planted-overreading", true), folder, Duration.ofMinutes(1), 9).run();
    assertThat(onlyBin(report).finding())
        .isEqualTo(new Finding("DIED", "planted-overreading", "the process ended", 0));
  }

  @Test
  void aHangIsFound(@TempDir Path folder) {
    FuzzReport report =
        new IsolatedRun(plan("planted-hanging", false), folder, Duration.ofMillis(500), 9).run();
    assertThat(onlyBin(report).finding())
        .isEqualTo(new Finding("HANG", "planted-hanging", "the process ended", 0));
  }

  @Test
  void tooManyDeathsEndTheRun(@TempDir Path folder) {
    IsolatedRun run =
        new IsolatedRun(plan("planted-crashing", false), folder, Duration.ofMinutes(1), 0);
    assertThatThrownBy(run::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("too many");
  }

  @Test
  void decodersOfStrangersAreFound() {
    assertThat(Decoders.forInstructionSet(TableDecoder.SET))
        .extracting(Decoder::name)
        .contains("planted-right", "planted-hanging");
    assertThat(Decoders.forInstructionSet("x86-64"))
        .extracting(Decoder::name)
        .doesNotContain("planted-right");
  }
}
