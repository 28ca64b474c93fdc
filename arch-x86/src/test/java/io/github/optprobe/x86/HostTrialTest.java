package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.traced.TracedExecutor;
import io.github.optprobe.testkit.trial.CodeExplorer;
import io.github.optprobe.testkit.trial.Distance;
import io.github.optprobe.testkit.trial.RelocationTrial;
import io.github.optprobe.testkit.trial.TrialResult;
import io.github.optprobe.testkit.trial.TrialSettings;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Found code, relocated and executed on this host's CPU: vectors and faults are real. */
class HostTrialTest {
  private static final int SAMPLES = 80;
  private static final int STATES = 2;

  static Stream<Architecture> architectures() {
    return Stream.of(new X86_64(), new X86_32());
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void a_probe_changes_nothing_on_the_real_cpu(Architecture architecture) {
    try (Executor host = TracedExecutor.of(architecture)) {
      RelocationTrial trial =
          new RelocationTrial(
              host, TrialSettings.of(5).at(Distance.CLOSE_BEHIND, Distance.FAR_BEHIND));
      CodeExplorer explorer = new CodeExplorer(architecture, 5);
      int compared = 0;
      for (int i = 0; i < SAMPLES; i++) {
        byte[] code = explorer.code();
        if (trial.isCode(code)) {
          TrialResult result = trial.run(code, (long) i * STATES, STATES);
          assertThat(result.differences()).isEmpty();
          compared += result.compared();
        }
      }
      assertThat(compared).isGreaterThan(SAMPLES);
    }
  }
}
