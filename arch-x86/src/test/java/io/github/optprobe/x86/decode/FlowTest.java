package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowTest {
  @ParameterizedTest
  @EnumSource
  void shortAndNearJccHaveTheConditionOfTheirOpcode(Condition condition) {
    int number = condition.number();

    Instruction shortForm = Decode.in64("%02x 05".formatted(0x70 + number));
    Instruction nearForm = Decode.in64("0f %02x 05 00 00 00".formatted(0x80 + number));

    assertThat(shortForm.condition()).isEqualTo(condition);
    assertThat(nearForm.condition()).isEqualTo(condition);
  }

  @ParameterizedTest
  @EnumSource
  void conditionsAreNamedAsTheDecoderSpellsThem(Condition condition) {
    Instruction jcc = Decode.in64("%02x 05".formatted(0x70 + condition.number()));

    assertThat(jcc.mnemonic()).isEqualToIgnoringCase("j" + condition.name());
  }

  @ParameterizedTest
  @EnumSource
  void negationIsItsOwnInverseAndChangesTheName(Condition condition) {
    assertThat(condition.negated()).isNotEqualTo(condition);
    assertThat(condition.negated().negated()).isEqualTo(condition);
  }

  @Test
  void onlyJccHasACondition() {
    assertThatIllegalStateException().isThrownBy(() -> Decode.in64("e2 05").condition());
    assertThatIllegalStateException().isThrownBy(() -> Decode.in64("90").condition());
  }

  /** A transaction's end or abort, user-interrupt flags, reading a VMCS, an array bound. */
  @ParameterizedTest
  @ValueSource(strings = {"0f 01 d5", "c6 f8 01", "f3 0f 01 ee", "0f 78 c8"})
  void membersOfBranchCategoriesThatGoOnAreNext(String hex) {
    assertThat(Decode.in64(hex).flow()).isEqualTo(Flow.NEXT);
  }

  @Test
  void boundGoesOnUnlessItFaults() {
    assertThat(Decode.in32("62 01").flow()).isEqualTo(Flow.NEXT);
  }

  @ParameterizedTest
  @CsvSource({"f3 0f 01 ec, FAR", "0f aa, FAR", "0f 01 c2, INTERRUPT", "0f 01 d9, INTERRUPT"})
  void systemTransfersAreNeverNext(String hex, Flow flow) {
    assertThat(Decode.in64(hex).flow()).isEqualTo(flow);
  }

  @Test
  void branchesThatNoTableListsAreUnknown() {
    // jkzd of Knights Corner, which the decoder accepts.
    Instruction jkzd = Decode.in64("c5 f8 84 05 00 00 00");

    assertThat(jkzd.flow()).isEqualTo(Flow.UNKNOWN);
    assertThat(FlowTable.resolve(null, false, BranchType.NEAR, false)).isEqualTo(Flow.UNKNOWN);
    assertThat(FlowTable.resolve(null, false, BranchType.NONE, true)).isEqualTo(Flow.UNKNOWN);
    assertThat(FlowTable.resolve(null, true, BranchType.NONE, false)).isEqualTo(Flow.UNKNOWN);
  }
}
