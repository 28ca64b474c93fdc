package io.github.optprobe.testkit.emulator;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.bytes;
import static io.github.optprobe.testkit.emulator.Targets.withCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.Cpu;
import io.github.optprobe.Resume;
import io.github.optprobe.testkit.execute.Protection;
import org.junit.jupiter.api.Test;

final class EmulatedTargetTest {
  private static final String ADD_ARGUMENTS = "48 8d 04 37 c3";

  private final Cpu noProbes = ScriptedCpu.withoutProbes();

  @Test
  void functions_take_arguments_and_return_results() {
    try (EmulatedTarget target = withCode(ADD_ARGUMENTS)) {
      assertThat(target.run(CODE, noProbes, 40, 2)).isEqualTo(42);
      assertThat(target.run(CODE, noProbes, -1, 1)).isZero();
    }
  }

  @Test
  void the_seventh_argument_is_on_the_stack() {
    try (EmulatedTarget target = withCode("48 8b 44 24 08 48 2b 44 24 10 c3")) {
      assertThat(target.run(CODE, noProbes, 1, 2, 3, 4, 5, 6, 70, 8)).isEqualTo(62);
    }
  }

  @Test
  void the_stack_is_aligned_as_the_abi_demands() {
    try (EmulatedTarget target = withCode("48 8d 44 24 08 c3")) {
      assertThat(target.run(CODE, noProbes) % 16).isZero();
      assertThat(target.run(CODE, noProbes, 1, 2, 3, 4, 5, 6, 7) % 16).isZero();
    }
  }

  @Test
  void stack_protectors_find_their_guard() {
    try (EmulatedTarget target = withCode("64 48 8b 04 25 28 00 00 00 c3")) {
      assertThat(target.run(CODE, noProbes)).isNotZero();
    }
  }

  @Test
  void registers_that_are_no_arguments_reach_the_function_as_they_were_set() {
    try (EmulatedTarget target = withCode("4c 89 d0 c3")) {
      target.registers().set("r10", 0x1234_5678_9abc_def0L);

      assertThat(target.run(CODE, noProbes)).isEqualTo(0x1234_5678_9abc_def0L);
    }
  }

  @Test
  void vector_registers_are_read_and_written_whole() {
    try (EmulatedTarget target = withCode("66 0f fe c1 c3")) {
      target.setVectorRegister(0, bytes("01000000 02000000 03000000 04000000"));
      target.setVectorRegister(1, bytes("10000000 20000000 30000000 40000000"));

      target.run(CODE, noProbes);

      assertThat(target.vectorRegister(0)).isEqualTo(bytes("11000000 22000000 33000000 44000000"));
    }
  }

  @Test
  void host_functions_see_arguments_and_give_results() {
    try (EmulatedTarget target = Targets.empty()) {
      long times = target.addHostFunction(call -> call.argument(0) * call.intArgument(1));

      assertThat(target.run(times, noProbes, 6, 7)).isEqualTo(42);
      assertThat(target.counts().hostCalls()).isEqualTo(1);
    }
  }

  @Test
  void host_functions_may_call_back() {
    try (EmulatedTarget target = withCode(ADD_ARGUMENTS)) {
      long twice =
          target.addHostFunction(
              call -> {
                long argument = call.argument(0);
                long once = call.callBack(CODE, argument, argument);
                assertThat(call.argument(0)).isEqualTo(argument);
                return call.callBack(CODE, once, once);
              });

      assertThat(target.run(twice, noProbes, 10)).isEqualTo(40);
    }
  }

  @Test
  void a_run_inside_a_handler_leaves_all_registers_alone() {
    // int3; movq rax,xmm3; add rax,r11; ret -- and at +0x20 a function that destroys both.
    String destroyer = "66 0f ef db 4d 31 db 31 c0 c3";
    try (EmulatedTarget target =
        withCode("cc 66 48 0f 7e d8 4c 01 d8 c3" + "90".repeat(22) + destroyer)) {
      target.setVectorRegister(3, bytes("05000000000000000000000000000000"));
      target.registers().set("r11", 6);
      ScriptedCpu cpu = new ScriptedCpu();
      cpu.onBreakpoint(
          registers -> {
            target.run(CODE + 0x20, cpu);
            registers.setProgramCounter(CODE + 1);
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE, cpu)).isEqualTo(11);
    }
  }

  @Test
  void seeds_are_reproducible() {
    try (EmulatedTarget target = Targets.empty()) {
      target.seedRegisters(7);
      long first = target.registers().get("rbx");
      long stack = target.registers().stackPointer();
      target.seedRegisters(8);
      long other = target.registers().get("rbx");
      target.seedRegisters(7);

      assertThat(target.registers().get("rbx")).isEqualTo(first).isNotEqualTo(other);
      assertThat(target.registers().stackPointer()).isEqualTo(stack);
    }
  }

  @Test
  void the_gate_may_be_out_of_a_branchs_reach() {
    long far = 0x7f00_0000_0000L;
    try (EmulatedTarget near = Targets.empty();
        EmulatedTarget target =
            EmulatedTarget.builder(NamesOnlyArchitecture.x86()).servicesAt(far).build()) {
      assertThat(near.gate() - CODE).isBetween((long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
      assertThat(target.gate()).isGreaterThanOrEqualTo(far);
      assertThat(target.isService(target.gate())).isTrue();
    }
  }

  @Test
  void a_missing_emulator_is_explained() {
    assertThat(new EmulatorUnavailableException(new IllegalStateException("tried here and there")))
        .hasMessageContaining("tried here and there")
        .hasMessageContaining("apt-get install libunicorn2")
        .hasMessageContaining("2.x");
  }

  @Test
  void a_closed_target_says_so() {
    EmulatedTarget target = withCode(ADD_ARGUMENTS);
    target.close();
    target.close();

    assertThatThrownBy(() -> target.run(CODE, noProbes))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void an_unknown_instruction_set_is_named() {
    assertThatThrownBy(() -> EmulatedTarget.of(NamesOnlyArchitecture.unknown()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pdp-11");
  }

  @Test
  void memory_is_mapped_once() {
    try (EmulatedTarget target = withCode(ADD_ARGUMENTS)) {
      assertThatThrownBy(() -> target.map(CODE + 16, new byte[1], Protection.READ))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("overlaps");
    }
  }
}
