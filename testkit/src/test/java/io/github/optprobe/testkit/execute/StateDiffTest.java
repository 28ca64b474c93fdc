package io.github.optprobe.testkit.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.RegisterFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateDiffTest {
  private static final RegisterFile FILE =
      new RegisterFile(List.of("rax", "rflags", "rsp", "rip"), "rip", "rsp");

  private static MachineState state(long rax, long flags, long rip) {
    MachineState state = MachineState.zero(FILE, 64, List.of("v0"), new int[] {2});
    state.set("rax", rax);
    state.set("rflags", flags);
    state.setProgramCounter(rip);
    return state;
  }

  @Test
  void shows_only_what_differs_in_fixed_columns_with_offsets_for_the_program_counter() {
    MachineState found = state(0xdead, 2, 0x1008);
    found.wide(0)[1] = 0x7f;
    StateDiff diff =
        StateDiff.between(
            state(1, 2, 0x1000), state(0xbeef, 2, 0x1004), found, register -> -1L, 0x1000);
    assertThat(diff.toString().lines())
        .containsExactly(
            "       before  unprobed   probed",
            "  rax       1      beef ≠ dead",
            "  rip    +0x0      +0x4 ≠ +0x8",
            "  v0     0000      0000 ≠ 007f");
  }

  @Test
  void bits_that_mean_nothing_are_not_compared() {
    StateDiff diff =
        StateDiff.between(
            state(1, 2, 0),
            state(1, 0x10, 0),
            state(1, 0, 0),
            register -> register == 1 ? 0xf : -1,
            0);
    assertThat(diff.isEmpty()).isTrue();
    assertThat(diff.toString()).isEmpty();
  }

  @Test
  void rows_of_ones_own_can_be_added() {
    StateDiff diff = StateDiff.none().and(new StateDiff.Row("end", "", "FETCH", "DATA"));
    assertThat(diff.table("host", "emulator")).contains("host").contains("FETCH ≠ DATA");
  }

  @Test
  void a_mask_needs_its_section() {
    assertThatThrownBy(
            () -> new Indeterminate(Set.of("x86-64"), Set.of("mul"), Map.of("rflags", 4L), " "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void masks_are_found_by_the_operation_behind_prefixes() {
    IndeterminateResults known = IndeterminateResults.known();
    List<InstructionText> code =
        List.of(InstructionText.of(0, new byte[] {1}, "lock and [rax], ebx"));
    assertThat(known.entriesOf("x86-64", code)).hasSize(1);
    assertThat(known.entriesOf("a32", code)).isEmpty();
    assertThat(known.meantBits("x86-64", code, FILE)[1]).isEqualTo(~16L);
    assertThat(IndeterminateResults.none().meantBits("x86-64", code, FILE)[1]).isEqualTo(-1L);
  }
}
