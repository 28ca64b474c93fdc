package io.github.optprobe.arm32.forms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Treatment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every form of the decode tables, with all flag states, executed in every tier and compared with
 * the same instruction without a probe. What the tables accept and nothing executed fails the run.
 */
class ArmFormSweepTest {
  /** As many forms as it takes to have every register class in every field of every row. */
  @Tag("corpus")
  @ParameterizedTest
  @EnumSource
  void a_probed_instruction_does_what_it_does_without(ArmSet set) {
    FormSweep sweep = new FormSweep(set, false);
    sweep.run();
    sweep.print(System.out);

    assertComplete(set, sweep);
  }

  /**
   * Every pair of choices for two fields; and of some forms of each row all places in IT blocks.
   */
  @Tag("campaign")
  @ParameterizedTest
  @EnumSource
  void so_it_does_in_all_combinations(ArmSet set) {
    FormSweep sweep = new FormSweep(set, true);
    sweep.run();
    sweep.print(System.out);

    assertComplete(set, sweep);
  }

  private static void assertComplete(ArmSet set, FormSweep sweep) {
    assertThat(sweep.differences()).isEmpty();
    assertThat(sweep.coverage().missing()).as("accepted and never executed").isEmpty();
    for (Treatment treatment : Treatment.values()) {
      boolean there = sweep.coverage().isThere(set, treatment);
      boolean jumped = sweep.coverage().has(set, treatment, set == ArmSet.A32 ? "b" : "b.w");
      assertThat(jumped)
          .as("%s %s optimized", set, treatment)
          .isEqualTo(there && !isAlwaysRefused(set, treatment));
    }
  }

  /** Jump tables; and a narrow call, which returns into its own window. */
  private static boolean isAlwaysRefused(ArmSet set, Treatment treatment) {
    boolean narrowCall = set == ArmSet.T32 && treatment == Treatment.CALL_REGISTER;
    return treatment == Treatment.TABLE_BRANCH || narrowCall;
  }
}
