package io.github.optprobe.testkit.emulator;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.withCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.GuestFaultException.Kind;
import io.github.optprobe.testkit.execute.Protection;
import org.junit.jupiter.api.Test;

final class TrapsTest {
  private final ScriptedCpu cpu = new ScriptedCpu();

  @Test
  void a_breakpoint_is_reported_at_its_own_address() {
    try (EmulatedTarget target = withCode("90 cc b8 05 00 00 00 c3")) {
      cpu.onBreakpoint(TrapsTest::skipOneByte);

      assertThat(target.run(CODE, cpu)).isEqualTo(5);
      assertThat(cpu.breakpoints).containsExactly(CODE + 1);
      assertThat(target.counts().breakpoints()).isEqualTo(1);
    }
  }

  @Test
  void a_breakpoint_that_nobody_knows_ends_the_run() {
    try (EmulatedTarget target = withCode("90 cc c3")) {
      assertThatThrownBy(() -> target.run(CODE, cpu))
          .isInstanceOfSatisfying(
              UnexpectedTrapException.class, e -> assertThat(e.pc()).isEqualTo(CODE + 1));
    }
  }

  @Test
  void a_step_executes_one_instruction_also_where_code_ran_before() {
    try (EmulatedTarget target = withCode("cc 48 ff c0 48 ff c0 c3")) {
      target.run(CODE + 1, cpu);
      cpu.onBreakpoint(registers -> step(registers, CODE + 1));
      cpu.onStep(
          registers -> {
            assertThat(registers.get("rax")).isEqualTo(1);
            assertThat(registers.get("rflags") & 0x100).isZero();
            return Resume.CONTINUE;
          });
      target.registers().set("rax", 0);

      assertThat(target.run(CODE, cpu)).isEqualTo(2);
      assertThat(cpu.steps).containsExactly(CODE + 4);
    }
  }

  @Test
  void steps_go_on_while_they_are_asked_for() {
    try (EmulatedTarget target = withCode("cc 90 90 90 b8 07 00 00 00 c3")) {
      cpu.onBreakpoint(registers -> step(registers, CODE + 1));
      cpu.onStep(registers -> cpu.steps.size() < 3 ? Resume.STEP : Resume.CONTINUE);

      assertThat(target.run(CODE, cpu)).isEqualTo(7);
      assertThat(cpu.steps).containsExactly(CODE + 2, CODE + 3, CODE + 4);
      assertThat(target.counts().traps()).isEqualTo(4);
    }
  }

  @Test
  void a_stepped_push_of_the_flags_does_not_show_the_step_flag() {
    // int3; pushfq; pop rax; ret -- and the 16-bit form.
    try (EmulatedTarget target = withCode("cc 9c 58 c3 cc 66 9c 66 58 c3")) {
      cpu.onBreakpoint(registers -> step(registers, registers.programCounter() + 1));
      cpu.onStep(registers -> Resume.CONTINUE);

      assertThat(target.run(CODE, cpu) & 0x100).isZero();
      assertThat(target.run(CODE + 4, cpu) & 0x100).isZero();
    }
  }

  @Test
  void a_handlers_patch_is_noticed() {
    try (EmulatedTarget target = withCode("cc 90 b8 05 00 00 00 c3")) {
      cpu.onBreakpoint(
          registers -> {
            target.text().write(CODE, Targets.bytes("90"));
            target.text().synchronizeCpus();
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE, cpu)).isEqualTo(5);
      assertThat(target.run(CODE, cpu)).isEqualTo(5);
      assertThat(cpu.breakpoints).hasSize(1);
    }
  }

  @Test
  void the_gate_returns_to_its_caller() {
    try (EmulatedTarget target = callerOfGate()) {
      cpu.onGate(
          registers -> {
            registers.set("rbx", 9);
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE, cpu)).isEqualTo(9);
      assertThat(cpu.gates).containsExactly(target.gate());
      assertThat(target.counts().gateCalls()).isEqualTo(1);
    }
  }

  @Test
  void at_the_gate_the_program_counter_may_be_taken_over() {
    try (EmulatedTarget target = callerOfGate()) {
      cpu.onGate(
          registers -> {
            registers.set("rsp", registers.stackPointer() + 8);
            registers.setProgramCounter(CODE + 10);
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE, cpu)).isEqualTo(99);
    }
  }

  @Test
  void unmapped_accesses_are_faults() {
    try (EmulatedTarget target = withCode("48 8b 07 c3")) {
      assertFault(target, Kind.UNMAPPED, 0x5000, 0x5000);
      assertThat(target.run(CODE, cpu, EmulatedTarget.THREAD_BASE)).isNotZero();
    }
  }

  @Test
  void forbidden_accesses_are_faults() {
    try (EmulatedTarget target = withCode("48 89 37 c3")) {
      assertFault(target, Kind.FORBIDDEN, CODE, CODE);
    }
  }

  @Test
  void jumps_into_nothing_are_faults() {
    try (EmulatedTarget target = withCode("ff e7")) {
      assertFault(target, Kind.UNMAPPED, 0x5000, 0x5000);
    }
  }

  @Test
  void everything_else_that_ends_a_run_has_its_kind() {
    assertFaultOf("0f 0b", Kind.INVALID_INSTRUCTION);
    assertFaultOf("31 c9 31 d2 f7 f1 c3", Kind.INTERRUPT);
    assertFaultOf("cd 80", Kind.INTERRUPT);
    assertFaultOf("0f 05", Kind.SYSTEM_CALL);
    assertFaultOf("f4", Kind.HALTED);
  }

  @Test
  void endless_loops_are_stopped() {
    try (EmulatedTarget target = Targets.impatient()) {
      target.map(CODE, Targets.bytes("eb fe"), Protection.READ_EXECUTE);

      assertFault(target, Kind.TIME_LIMIT, 0, CODE);
    }
  }

  @Test
  void endless_traps_are_stopped() {
    try (EmulatedTarget target = Targets.impatient()) {
      target.map(CODE, Targets.bytes("cc"), Protection.READ_EXECUTE);
      cpu.onBreakpoint(registers -> Resume.CONTINUE);

      assertFault(target, Kind.TIME_LIMIT, 0, CODE);
    }
  }

  /** {@code mov eax, gate; call rax; mov eax, ebx; ret; mov al, 99; ret}. */
  private static EmulatedTarget callerOfGate() {
    EmulatedTarget target = withCode("b8 00 00 00 00 ff d0 89 d8 c3 b8 63 00 00 00 c3");
    target.data().store(CODE + 1, 4, target.gate());
    return target;
  }

  private void assertFaultOf(String hex, Kind kind) {
    try (EmulatedTarget target = withCode(hex)) {
      assertThatThrownBy(() -> target.run(CODE, cpu))
          .isInstanceOfSatisfying(
              GuestFaultException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
  }

  private void assertFault(EmulatedTarget target, Kind kind, long argument, long address) {
    assertThatThrownBy(() -> target.run(CODE, cpu, argument))
        .isInstanceOfSatisfying(
            GuestFaultException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.address()).isEqualTo(address);
            });
  }

  private static Resume skipOneByte(Registers registers) {
    registers.setProgramCounter(registers.programCounter() + 1);
    return Resume.CONTINUE;
  }

  private static Resume step(Registers registers, long pc) {
    registers.setProgramCounter(pc);
    return Resume.STEP;
  }
}
