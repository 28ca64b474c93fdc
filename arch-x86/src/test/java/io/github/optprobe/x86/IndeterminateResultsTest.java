package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.emulator.EmulatedExecutor;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.IndeterminateResults;
import io.github.optprobe.testkit.traced.TracedExecutor;
import io.github.optprobe.testkit.trial.ExecutorComparison;
import io.github.optprobe.testkit.trial.TrialSettings;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The emulator and this host's CPU do the same, but for what the manual leaves open. Bytes are from
 * GNU as.
 */
@Tag("corpus")
class IndeterminateResultsTest {
  private static final int STATES = 24;

  @ParameterizedTest
  @CsvSource({
    "add rax rbx, 4801d8",
    "bswap eax, 0fc8",
    "cdq, 99",
    "repne cmpsb, f2a6",
    "bts eax ebx, 0fabd8",
    "mul ebx, f7e3",
    "imul ebx, f7eb",
    "imul eax ebx, 0fafc3",
    "div ebx, f7f3",
    "idiv ebx, f7fb",
    "shl eax cl, d3e0",
    "shr eax cl, d3e8",
    "sar eax cl, d3f8",
    "shld eax ebx cl, 0fa5d8",
    "shrd eax ebx cl, 0fadd8",
    "rcl eax cl, d3d0",
    "rcr eax cl, d3d8",
    "rdtsc, 0f31"
  })
  void only_what_is_indeterminate_differs(String text, String hex) {
    byte[] code = HexFormat.of().parseHex(hex);
    assertThat(differences(code, IndeterminateResults.known())).as(text).isZero();
  }

  /** Which flags a CPU leaves how is its own affair; that times differ is not. */
  @Test
  void without_masks_times_differ() {
    byte[] rdtsc = HexFormat.of().parseHex("0f31");
    assertThat(differences(rdtsc, IndeterminateResults.none())).isEqualTo(STATES);
  }

  private static long differences(byte[] code, IndeterminateResults masks) {
    try (Executor emulator = EmulatedExecutor.of(new X86_64());
        Executor host = TracedExecutor.of(new X86_64())) {
      ExecutorComparison comparison =
          new ExecutorComparison(emulator, host, TrialSettings.of(1).masking(masks));
      long different = 0;
      for (int state = 0; state < STATES; state++) {
        different += comparison.compare(code, state).isEmpty() ? 0 : 1;
      }
      return different;
    }
  }
}
