package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.emulator.EmulatedExecutor;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.trial.RelocationTrial;
import io.github.optprobe.testkit.trial.TrialResult;
import io.github.optprobe.testkit.trial.TrialSettings;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What campaigns of relocation trials have found, minimised. */
class BugsThatTrialsFoundTest {
  private static final int STATES = 16;

  /**
   * A 3DNow! instruction with REX.B, which means nothing beside {@code [rip+disp32]}: rewritten for
   * a slot out of reach of its operand it kept the prefix, and used r8 for rax.
   */
  @ParameterizedTest
  @CsvSource({
    "pfcmpgt mm0 [rip+0x20] with REX.B, 410f0f0520000000a0",
    "pfcmpgt mm0 [rip+0x20] with REX.WB, 490f0f0520000000a0"
  })
  void a_probe_changes_nothing(String text, String hex) {
    byte[] code = HexFormat.of().parseHex(hex + "9090909090");
    try (Executor executor = EmulatedExecutor.of(new X86_64())) {
      RelocationTrial trial = new RelocationTrial(executor, TrialSettings.of(1));
      TrialResult result = trial.run(code, 0, STATES);
      assertThat(result.differences()).as(text).isEmpty();
      assertThat(result.compared()).isGreaterThan(10 * STATES);
    }
  }
}
