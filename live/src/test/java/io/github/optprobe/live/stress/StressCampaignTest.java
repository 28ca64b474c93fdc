package io.github.optprobe.live.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.live.safety.Here;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The stress tests in full size; see {@link StressCampaign} for the command and the properties. */
@Tag("campaign")
class StressCampaignTest {

  @Test
  void nothing_goes_wrong() throws Exception {
    Here.assumeItRuns();
    assertThat(StressCampaign.run())
        .isNotEmpty()
        .allSatisfy(
            outcome -> {
              assertThat(outcome.wrong()).as("%s", outcome).isZero();
              assertThat(outcome.unfinished()).as("%s", outcome).isZero();
              assertThat(outcome.removed()).as("%s", outcome).isEqualTo(outcome.written());
            });
  }
}
