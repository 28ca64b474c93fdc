package io.github.optprobe.testkit.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.Resume;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is different where the CPU runs 32-bit code. The bytes are GNU as's. */
class Emulated32Test {
  /** mov eax, [esp+4]; push 7; push 5; call eax; add esp, 8; ret. */
  private static final String CALLS_ITS_ARGUMENT = "8b4424046a076a05ffd083c408c3";

  private final ScriptedCpu cpu = ScriptedCpu.withoutProbes();

  @Test
  void arguments_are_on_the_stack_and_the_result_is_zero_extended() {
    // mov eax, [esp+4]; sub eax, [esp+8]; ret
    try (EmulatedTarget target = Targets.with32BitCode("8b4424042b442408c3")) {
      assertThat(target.run(Targets.CODE, cpu, 5, 7)).isEqualTo(0xFFFF_FFFEL);
      assertThat(target.registers().get("eax")).isEqualTo(0xFFFF_FFFEL);
      assertThat(target.registers().stackPointer() % 16).isZero();
      assertThat(target.wordBytes()).isEqualTo(4);
    }
  }

  @Test
  void host_functions_take_arguments_from_the_stack_and_may_call_back() {
    try (EmulatedTarget target = Targets.with32BitCode(CALLS_ITS_ARGUMENT)) {
      long inner = target.addHostFunction(call -> call.argument(0) * 10 + call.argument(1));
      long outer =
          target.addHostFunction(
              call -> call.callBack(Targets.CODE, inner) + 1000 * call.argument(1));
      assertThat(target.run(Targets.CODE, cpu, inner)).isEqualTo(57);
      assertThat(target.run(Targets.CODE, cpu, outer)).isEqualTo(7057);
    }
  }

  @Test
  void a_return_address_of_four_bytes_keeps_code_from_being_quiescent() {
    try (EmulatedTarget target = Targets.with32BitCode(CALLS_ITS_ARGUMENT)) {
      List<Boolean> seen = new ArrayList<>();
      long asks =
          target.addHostFunction(
              call -> {
                // Behind the call, and in front of it.
                for (int offset : new int[] {10, 4}) {
                  AddressRange place = AddressRange.ofLength(Targets.CODE + offset, 1);
                  seen.add(target.text().isQuiescent(place));
                }
                return 0;
              });
      target.run(Targets.CODE, cpu, asks);
      assertThat(seen).containsExactly(false, true);
    }
  }

  @Test
  void gs_leads_to_the_thread_storage_and_other_segments_are_flat() {
    // mov eax, gs:[0]; ret
    try (EmulatedTarget target = Targets.with32BitCode("65a100000000c3")) {
      assertThat(target.run(Targets.CODE, cpu)).isEqualTo(EmulatedTarget.THREAD_BASE);
    }
    // mov eax, gs:[0x14]; ret
    try (EmulatedTarget target = Targets.with32BitCode("65a114000000c3")) {
      assertThat(target.run(Targets.CODE, cpu))
          .isEqualTo(target.data().load(EmulatedTarget.THREAD_BASE + 0x14, 4))
          .isNotZero();
    }
    // push gs; pop gs; mov eax, gs:[0]; ret
    try (EmulatedTarget target = Targets.with32BitCode("0fa80fa965a100000000c3")) {
      assertThat(target.run(Targets.CODE, cpu)).isEqualTo(EmulatedTarget.THREAD_BASE);
    }
  }

  @Test
  void a_stepped_increment_in_front_of_a_push_of_flags_is_no_prefix() {
    // int3; inc eax; pushfd; pop eax; ret
    try (EmulatedTarget target = Targets.with32BitCode("cc409c58c3")) {
      long[] returnAddress = new long[1];
      cpu.onBreakpoint(
          registers -> {
            returnAddress[0] = target.data().load(registers.stackPointer(), 4);
            target.data().store(registers.stackPointer(), 4, 0xFFFF_FFFFL);
            registers.setProgramCounter(Targets.CODE + 1);
            return Resume.STEP;
          });
      cpu.onStep(
          registers -> {
            assertThat(target.data().load(registers.stackPointer(), 4)).isEqualTo(0xFFFF_FFFFL);
            target.data().store(registers.stackPointer(), 4, returnAddress[0]);
            return Resume.CONTINUE;
          });
      assertThat(target.run(Targets.CODE, cpu) & 0x100).as("step flag").isZero();
      assertThat(cpu.breakpoints).containsExactly(Targets.CODE);
      assertThat(cpu.steps).containsExactly(Targets.CODE + 2);
    }
  }

  @Test
  void nothing_is_mapped_above_4_gib() {
    try (EmulatedTarget target = Targets.with32BitCode("c3")) {
      AddressRange above = AddressRange.ofLength(1L << 32, 4096);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> target.map(above, Protection.READ_WRITE))
          .withMessageContaining("addressed");
      target.map(AddressRange.ofLength(0xFFFF_F000L, 4096), Protection.READ_WRITE);
    }
  }
}
