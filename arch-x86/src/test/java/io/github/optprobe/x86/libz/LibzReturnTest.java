package io.github.optprobe.x86.libz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.Tier;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A return probe on every function of the machine's libz at once, in each tier and with both
 * trampolines: each workload computes what it computes unprobed by the same path, every call is
 * seen at its entry and at its return, and returns what the caller sees.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("corpus") // long, and the same everywhere
class LibzReturnTest {
  private LibzReturns bench;

  @BeforeAll
  void loadLibz() {
    Optional<Path> file = Libz.file();
    assumeTrue(file.isPresent(), "no libz.so.1 for x86-64 on this machine");
    bench = new LibzReturns(file.orElseThrow());
  }

  @AfterAll
  void close() {
    if (bench != null) {
      bench.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SINGLE_STEP, false",
    "BOOSTED, false",
    "SINGLE_STEP, true",
    "BOOSTED, true",
    "OPTIMIZED, true"
  })
  void every_call_of_every_function_is_seen_and_nothing_changes(Tier tier, boolean gated) {
    LibzReturns.Sum sum = bench.probeAll(tier, gated);

    System.out.printf("libz, return probes up to %s, gate %b: %s%n", tier, gated, sum);
    assertThat(sum.in(tier)).isPositive();
    assertThat(sum.calls()).isGreaterThanOrEqualTo(500);
  }
}
