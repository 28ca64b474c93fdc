package io.github.optprobe.testkit.emulator;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.bytes;
import static io.github.optprobe.testkit.emulator.Targets.nearCode;
import static io.github.optprobe.testkit.emulator.Targets.withArmCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.GuestFaultException.Kind;
import io.github.optprobe.testkit.execute.Protection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single steps and gate calls of 32-bit ARM. The bytes are GNU as's. */
final class ArmStepsTest {
  private static final long THUMB = CODE | 1;
  private static final long IT = 0x0600_FC00L;
  private static final long CPSR_T = 1 << 5;

  /**
   * movs r1, #0; cmp r0, #1; ittt eq; breakpoint; addeq r1, #2; addeq r1, #4; mov r0, r1; bx lr.
   */
  private static final String TRAPS_IN_IT_BLOCK = "0021 0128 02bf 18de 0231 0431 0846 7047";

  /** breakpoint; add r0, r0, #1; add r0, r0, #1; bx lr. */
  private static final String A32_TRAPS = "f801f0e7 010080e2 010080e2 1eff2fe1";

  /** The same with adds. */
  private static final String T32_TRAPS = "18de 0130 0130 7047";

  private final ScriptedCpu cpu = new ScriptedCpu();

  @ParameterizedTest
  @CsvSource({"0, " + A32_TRAPS + ", 4", "1, " + T32_TRAPS + ", 2"})
  void a_step_executes_one_instruction_also_where_code_ran_before(int mark, String hex, int width) {
    try (EmulatedTarget target = withArmCode(hex)) {
      assertThat(target.run(CODE + width + mark, cpu, 40)).isEqualTo(42);
      cpu.onBreakpoint(registers -> step(registers, CODE + width));
      cpu.onStep(
          registers -> {
            assertThat(registers.get("r0")).isEqualTo(41);
            assertThat(registers.get("cpsr") & CPSR_T).isEqualTo(mark * CPSR_T);
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE + mark, cpu, 40)).isEqualTo(42);
      assertThat(cpu.steps).containsExactly(CODE + 2L * width);
      assertThat(target.run(CODE + width + mark, cpu, 40)).as("not stepped").isEqualTo(42);
      assertThat(target.counts().steps()).isEqualTo(1);
    }
  }

  @Test
  void steps_go_on_while_they_are_asked_for() {
    try (EmulatedTarget target = withArmCode(A32_TRAPS)) {
      cpu.onBreakpoint(registers -> step(registers, CODE + 4));
      cpu.onStep(registers -> cpu.steps.size() < 2 ? Resume.STEP : Resume.CONTINUE);

      assertThat(target.run(CODE, cpu, 40)).isEqualTo(42);
      assertThat(cpu.steps).containsExactly(CODE + 8, CODE + 12);
    }
  }

  /** What is stepped, r2 after it: movs r2, #9 (which sets no flags there); mov.w r2, #9. */
  @ParameterizedTest
  @CsvSource({"0922, 2", "4ff00902, 4"})
  void in_an_it_block_a_step_moves_the_blocks_state(String hex, int length) {
    try (EmulatedTarget target = withArmCode(TRAPS_IN_IT_BLOCK)) {
      // Behind it movs r3, #8; bx lr, which run before as they do outside of a block.
      long slot = slotWith(target, hex + "08237047");
      target.run(slot | 1, cpu);
      target.registers().set("r2", 0);
      target.registers().set("r3", 0);
      cpu.onBreakpoint(registers -> step(registers, slot));
      cpu.onStep(
          registers -> {
            assertThat(registers.programCounter()).isEqualTo(slot + length);
            assertThat(registers.get("r2")).isEqualTo(9);
            assertThat(registers.get("r3")).isZero();
            assertThat(registers.get("cpsr") & IT).isEqualTo(0x0400);
            assertThat(registers.get("cpsr") >>> 28).as("flags of the cmp").isEqualTo(6);
            registers.setProgramCounter(CODE + 8);
            return Resume.CONTINUE;
          });

      assertThat(target.run(THUMB, cpu, 1)).isEqualTo(6);
      assertThat(cpu.steps).hasSize(1);
    }
  }

  @Test
  void a_step_whose_condition_fails_moves_the_blocks_state_and_nothing_else() {
    try (EmulatedTarget target = withArmCode(TRAPS_IN_IT_BLOCK)) {
      long slot = slotWith(target, "0922 0823 7047");
      target.registers().set("r2", 3);
      cpu.onBreakpoint(
          registers -> {
            // "ne" for this instruction, "eq" for one more.
            registers.set("cpsr", (registers.get("cpsr") & ~IT) | 0x1400);
            return step(registers, slot);
          });
      cpu.onStep(
          registers -> {
            assertThat(registers.programCounter()).isEqualTo(slot + 2);
            assertThat(registers.get("cpsr") & IT).isEqualTo(0x0800);
            registers.setProgramCounter(CODE + 10);
            return Resume.CONTINUE;
          });

      assertThat(target.run(THUMB, cpu, 1)).isEqualTo(4);
      assertThat(target.registers().get("r2")).isEqualTo(3);
    }
  }

  @Test
  void a_stepped_fault_is_reported_in_the_copy() {
    try (EmulatedTarget target = withArmCode(A32_TRAPS)) {
      // ldr r0, [r0]; nop
      long slot = slotWith(target, "000090e5 00f020e3");
      cpu.onBreakpoint(registers -> step(registers, slot));
      assertThatThrownBy(() -> target.run(CODE, cpu, 0x5000))
          .isInstanceOfSatisfying(
              GuestFaultException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.UNMAPPED);
                assertThat(e.address()).isEqualTo(0x5000);
              });
      assertThat(cpu.faults).containsExactly(slot);

      cpu.onFault(
          registers -> {
            registers.setProgramCounter(CODE + 4);
            return FaultOutcome.HANDLED;
          });
      assertThat(target.run(CODE, cpu, 0x5000)).isEqualTo(0x5002);
      assertThat(cpu.steps).isEmpty();
    }
  }

  @Test
  void a_stepped_undefined_instruction_is_a_fault_and_no_breakpoint() {
    try (EmulatedTarget target = withArmCode(A32_TRAPS)) {
      // vmrs r0, fpsid: user mode has no right to it
      long slot = slotWith(target, "100af0ee 00f020e3");
      cpu.onBreakpoint(registers -> step(registers, slot));
      assertThatThrownBy(() -> target.run(CODE, cpu))
          .isInstanceOfSatisfying(
              GuestFaultException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_INSTRUCTION));
      assertThat(cpu.breakpoints).containsExactly(CODE);
      assertThat(cpu.faults).containsExactly(slot);
    }
  }

  @Test
  void a_hint_is_stepped_over_and_a_system_call_is_not() {
    try (EmulatedTarget target = withArmCode(A32_TRAPS)) {
      // yield; svc 0
      long slot = slotWith(target, "01f020e3 000000ef");
      cpu.onBreakpoint(registers -> step(registers, slot));
      cpu.onStep(
          registers -> {
            registers.setProgramCounter(CODE + 4);
            return Resume.CONTINUE;
          });
      assertThat(target.run(CODE, cpu, 40)).isEqualTo(42);
      assertThat(cpu.steps).containsExactly(slot + 4);

      cpu.onBreakpoint(registers -> step(registers, slot + 4));
      assertThatThrownBy(() -> target.run(CODE, cpu)).isInstanceOf(UnexpectedTrapException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // push {r4, lr}; ldr r3, 1f; blx r3; mov r0, r4; pop {r4, pc}; 1: .word 0
    "0, 10402de908309fe533ff2fe10400a0e11080bde800000000, 20",
    // with a nop in front of the word
    "1, 10b5024b9847204610bd00bf00000000, 12"
  })
  void the_gate_returns_to_its_caller(int mark, String hex, int literal) {
    try (EmulatedTarget target = withArmCode(hex)) {
      target.data().store(CODE + literal, 4, target.gate());
      cpu.onGate(
          registers -> {
            assertThat(registers.get("cpsr") & CPSR_T).as("the gate is A32 code").isZero();
            registers.set("r4", 9);
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE + mark, cpu)).isEqualTo(9);
      assertThat(cpu.gates).containsExactly(target.gate());
      assertThat(target.counts().gateCalls()).isEqualTo(1);
    }
  }

  @Test
  void at_the_gate_the_program_counter_and_the_set_may_be_taken_over() {
    try (EmulatedTarget target =
        withArmCode("10402de9 08309fe5 33ff2fe1 0400a0e1 1080bde8 00000000")) {
      // mov r0, #99; pop {r4, pc}
      target.map(CODE + 0x1000, bytes("6320 10bd"), Protection.READ_EXECUTE);
      target.data().store(CODE + 20, 4, target.gate());
      cpu.onGate(
          registers -> {
            registers.set("cpsr", registers.get("cpsr") | CPSR_T);
            registers.setProgramCounter(CODE + 0x1000);
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE, cpu)).isEqualTo(99);
    }
  }

  private static long slotWith(EmulatedTarget target, String hex) {
    long slot = target.text().allocate(32, nearCode()).orElseThrow();
    target.text().write(slot, bytes(hex));
    target.text().synchronizeCpus();
    return slot;
  }

  private static Resume step(Registers registers, long pc) {
    registers.setProgramCounter(pc);
    return Resume.STEP;
  }
}
