package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.testkit.protocol.FetchModel;
import io.github.optprobe.testkit.protocol.ProtocolCheck;
import io.github.optprobe.testkit.protocol.ProtocolReport;
import io.github.optprobe.testkit.protocol.Verdict;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Arming, optimizing, unoptimizing and disarming by enumeration: every form of jump, wherever a
 * cache line ends.
 */
@Tag("corpus")
class ArmProtocolCheckTest {
  private static final long LINE_END = 0x400_0040;

  @ParameterizedTest
  @EnumSource
  void every_form_is_safe_wherever_a_line_ends(PatchedForm form) {
    byte[] code = form.snippet().code();
    int probed = (int) (form.snippet().at("probed").value() - ArmSnippet.BASE);
    // Where the form is one between words, the probed instruction stays between words.
    for (int before = 0; before <= code.length; before += Integer.BYTES) {
      long base = LINE_END - before;
      ProtocolReport report =
          ProtocolCheck.of(architecture(form.set), base, code)
              .probes(base + probed)
              .through(form::text)
              .checkProbes();
      isSafeAndNotIdle(report);
      if (!form.isOneStore()) {
        assertThat(report.count(Verdict.TRAP)).isGreaterThan(1L << (form.bytes - 4));
      }
    }
  }

  /** The least that the forms of one store ask for: a word. */
  @ParameterizedTest
  @EnumSource
  void a_text_that_stores_words_at_once_is_enough(PatchedForm form) {
    byte[] code = form.snippet().code();
    ProtocolReport report =
        ProtocolCheck.of(architecture(form.set), LINE_END, code)
            .probes(LINE_END + (form.snippet().at("probed").value() - ArmSnippet.BASE))
            .model(FetchModel.aligned(Integer.BYTES))
            .through(form::text)
            .checkProbes();
    isSafeAndNotIdle(report);
  }

  /** One instruction that is as long as the jump, on a word and between words. */
  @Test
  void a_wide_thumb_instruction_is_safe_at_every_halfword() {
    for (String before : List.of("", "nop")) {
      String body = before + "\nadd.w r0, r0, r2\nadd.w r0, r0, #3\nbx lr";
      byte[] code = ArmSnippet.of(ArmSet.T32, body).code();
      int probed = before.isEmpty() ? 0 : Short.BYTES;
      for (int offset = 0; offset <= Long.BYTES; offset += Integer.BYTES) {
        long base = LINE_END - offset;
        isSafeAndNotIdle(
            ProtocolCheck.of(new T32(), base, code).probes(base + probed).checkProbes());
      }
    }
  }

  @Test
  void a_batch_of_branches_side_by_side_is_safe() {
    byte[] code = PatchedForm.A32_BRANCH.snippet().code();
    ProtocolReport report =
        ProtocolCheck.of(new A32(), LINE_END, code)
            .probes(LINE_END, LINE_END + 4, LINE_END + 8)
            .asBatch()
            .checkProbes();
    isSafeAndNotIdle(report);
  }

  @Test
  void a_probe_inside_a_window_is_safe() {
    byte[] code = PatchedForm.T32_BRANCH_ON_A_WORD.snippet().code();
    ProtocolReport report =
        ProtocolCheck.of(new T32(), LINE_END, code).probes(LINE_END, LINE_END + 2).checkProbes();
    isSafeAndNotIdle(report);
  }

  private static ArmArchitecture architecture(ArmSet set) {
    return set == ArmSet.A32 ? new A32() : new T32();
  }

  private static void isSafeAndNotIdle(ProtocolReport report) {
    assertThat(report.isSafe()).as(report.toString()).isTrue();
    assertThat(report.count(Verdict.OLD)).isPositive();
    assertThat(report.count(Verdict.TRAP)).isPositive();
    assertThat(report.count(Verdict.NEW)).isPositive();
  }
}
