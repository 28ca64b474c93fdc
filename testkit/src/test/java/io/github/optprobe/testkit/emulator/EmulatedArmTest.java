package io.github.optprobe.testkit.emulator;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.bytes;
import static io.github.optprobe.testkit.emulator.Targets.withArmCode;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Resume;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What is different where the CPU runs 32-bit ARM code. The bytes are GNU as's. */
final class EmulatedArmTest {
  /** A pointer to T32 code at {@link Targets#CODE}. */
  private static final long THUMB = CODE | 1;

  /** Where a second piece of code goes. */
  private static final long OTHER = CODE + 0x1000;

  /** sub r0, r0, r1; bx lr. */
  private static final String A32_SUB = "010040e0 1eff2fe1";

  /** subs r0, r0, r1; bx lr. */
  private static final String T32_SUB = "401a 7047";

  /** push {r4, lr}; mov r4, r0; mov r0, #5; mov r1, #7; blx r4; add r0, r0, #1; pop {r4, pc}. */
  private static final String A32_CALLS_ITS_ARGUMENT =
      "10402de9 0040a0e1 0500a0e3 0710a0e3 34ff2fe1 010080e2 1080bde8";

  /** The same: push {r4, lr}; mov r4, r0; movs r0, #5; ... pop {r4, pc}. */
  private static final String T32_CALLS_ITS_ARGUMENT = "10b5 0446 0520 0721 a047 0130 10bd";

  private static final long CPSR_T = 1 << 5;

  private final ScriptedCpu cpu = new ScriptedCpu();

  @Test
  void a_function_pointer_says_which_instruction_set_is_run() {
    try (EmulatedTarget target = withArmCode(A32_SUB)) {
      target.map(OTHER, bytes(T32_SUB), Protection.READ_EXECUTE);
      assertThat(target.run(CODE, cpu, 5, 7)).isEqualTo(0xFFFF_FFFEL);
      assertThat(target.registers().get("cpsr") & CPSR_T).isZero();
      assertThat(target.run(OTHER | 1, cpu, 50, 8)).isEqualTo(42);
      assertThat(target.registers().get("cpsr") & CPSR_T).isEqualTo(CPSR_T);
      assertThat(target.run(CODE, cpu, 50, 8)).isEqualTo(42);
      assertThat(target.wordBytes()).isEqualTo(4);
    }
  }

  @Test
  void a_target_for_t32_is_the_same() {
    try (EmulatedTarget target = EmulatedTarget.of(NamesOnlyArchitecture.t32())) {
      target.map(CODE, bytes(A32_SUB), Protection.READ_EXECUTE);
      target.map(OTHER, bytes(T32_SUB), Protection.READ_EXECUTE);
      assertThat(target.run(OTHER | 1, cpu, 50, 8)).isEqualTo(42);
      assertThat(target.run(CODE, cpu, 50, 8)).isEqualTo(42);
    } catch (EmulatorUnavailableException notHere) {
      Assumptions.abort(notHere.getMessage());
    }
  }

  @Test
  void code_changes_the_set_by_interworking() {
    try (EmulatedTarget target = withArmCode(A32_CALLS_ITS_ARGUMENT)) {
      target.map(OTHER, bytes(T32_SUB), Protection.READ_EXECUTE);
      assertThat(target.run(CODE, cpu, OTHER | 1)).isEqualTo(0xFFFF_FFFFL);
    }
    try (EmulatedTarget target = withArmCode(T32_CALLS_ITS_ARGUMENT)) {
      target.map(OTHER, bytes(A32_SUB), Protection.READ_EXECUTE);
      assertThat(target.run(THUMB, cpu, OTHER)).isEqualTo(0xFFFF_FFFFL);
    }
  }

  @Test
  void returns_that_do_not_exchange_come_back_too() {
    // mov pc, lr
    try (EmulatedTarget target = withArmCode("0ef0a0e1")) {
      target.map(OTHER, bytes("f746"), Protection.READ_EXECUTE);
      assertThat(target.run(CODE, cpu, 3)).isEqualTo(3);
      assertThat(target.run(OTHER | 1, cpu, 4)).isEqualTo(4);
    }
  }

  @Test
  void the_fifth_argument_is_on_the_stack() {
    // ldr r0, [sp]; ldr r1, [sp, #4]; sub r0, r0, r1; bx lr
    try (EmulatedTarget target = withArmCode("00009de5 04109de5 010040e0 1eff2fe1")) {
      target.map(OTHER, bytes("0098 0199 401a 7047"), Protection.READ_EXECUTE);
      assertThat(target.run(CODE, cpu, 1, 2, 3, 4, 50, 8)).isEqualTo(42);
      assertThat(target.run(OTHER | 1, cpu, 1, 2, 3, 4, 60, 8)).isEqualTo(52);
    }
  }

  @Test
  void the_stack_is_aligned_as_the_abi_demands() {
    // mov r0, sp; bx lr
    try (EmulatedTarget target = withArmCode("0d00a0e1 1eff2fe1")) {
      assertThat(target.run(CODE, cpu) % 8).isZero();
      assertThat(target.run(CODE, cpu, 1, 2, 3, 4, 5) % 8).isZero();
    }
  }

  @Test
  void host_functions_are_called_from_both_sets_and_call_back_both() {
    try (EmulatedTarget target = withArmCode(A32_CALLS_ITS_ARGUMENT)) {
      target.map(OTHER, bytes(T32_CALLS_ITS_ARGUMENT), Protection.READ_EXECUTE);
      long inner = target.addHostFunction(call -> call.argument(0) * 10 + call.argument(1));
      long outer =
          target.addHostFunction(
              call -> call.callBack(CODE, inner) + 1000 * call.callBack(OTHER | 1, inner));
      assertThat(target.run(CODE, cpu, inner)).isEqualTo(58);
      assertThat(target.run(OTHER | 1, cpu, inner)).isEqualTo(58);
      assertThat(target.run(OTHER | 1, cpu, outer)).isEqualTo(58_059);
      assertThat(target.counts().hostCalls()).isEqualTo(5);
    }
  }

  @Test
  void host_functions_take_arguments_from_the_stack() {
    try (EmulatedTarget target = withArmCode(A32_SUB)) {
      long sum = target.addHostFunction(call -> call.argument(3) + call.intArgument(5));
      assertThat(target.run(sum, cpu, 1, 2, 3, 40, 5, 2)).isEqualTo(42);
    }
  }

  @Test
  void the_thread_register_leads_to_the_thread_storage() {
    // mrc p15, 0, r0, c13, c0, 3; bx lr
    try (EmulatedTarget target = withArmCode("700f1dee 1eff2fe1")) {
      target.map(OTHER, bytes("1dee700f 7047"), Protection.READ_EXECUTE);
      assertThat(target.run(CODE, cpu)).isEqualTo(EmulatedTarget.THREAD_BASE);
      assertThat(target.run(OTHER | 1, cpu)).isEqualTo(EmulatedTarget.THREAD_BASE);
    }
  }

  @Test
  void all_sixteen_vector_registers_are_read_and_written_whole() {
    // vadd.i32 q0, q0, q1; vadd.i32 q15, q15, q8; bx lr
    try (EmulatedTarget target = withArmCode("420820f2 e0e86ef2 1eff2fe1")) {
      assertThat(target.vectorRegisters()).isEqualTo(16);
      for (int index : new int[] {0, 15}) {
        target.setVectorRegister(index, bytes("01000000 02000000 03000000 04000000"));
      }
      for (int index : new int[] {1, 8}) {
        target.setVectorRegister(index, bytes("10000000 20000000 30000000 40000000"));
      }
      target.run(CODE, cpu);
      for (int index : new int[] {0, 15}) {
        assertThat(target.vectorRegister(index))
            .isEqualTo(bytes("11000000 22000000 33000000 44000000"));
      }
    }
  }

  @Test
  void the_vectors_flags_are_seen() {
    // vcmp.f32 s0, s0; vmrs apsr_nzcv, fpscr; bx lr
    try (EmulatedTarget target = withArmCode("400ab4ee 10faf1ee 1eff2fe1")) {
      target.setVectorRegister(0, new byte[16]);
      target.run(CODE, cpu);
      assertThat(target.vectorStatus()).hasValue(0x6000_0000L);
      target.setVectorRegister(0, bytes("0000c07f 00000000 00000000 00000000"));
      target.run(CODE, cpu);
      assertThat(target.vectorStatus().orElseThrow() >>> 28).as("unordered").isEqualTo(3);
    }
  }

  @Test
  void programs_run_in_user_mode_and_handlers_change_no_more_than_they_may() {
    // mrs r0, cpsr; bx lr
    try (EmulatedTarget target = withArmCode("00000fe1 1eff2fe1")) {
      target.registers().set("cpsr", 0xFFFF_FFFFL);
      assertThat(target.registers().get("cpsr")).isEqualTo(0xFE0F_FC30L);
      target.registers().set("cpsr", 0);
      assertThat(target.registers().get("cpsr")).isEqualTo(0x10);
      target.registers().set("cpsr", 0xF80F_0000L);
      assertThat(target.run(CODE, cpu)).isEqualTo(0xF80F_0010L);
    }
  }

  @Test
  void a_call_begins_in_no_it_block() {
    // mov r0, r9; bx lr
    try (EmulatedTarget target = withArmCode("0900a0e1 1eff2fe1")) {
      target.map(OTHER, bytes("4846 7047"), Protection.READ_EXECUTE);
      target.registers().set("r9", 17);
      target.registers().set("cpsr", 0x0600_FC00L);
      assertThat(target.run(CODE, cpu)).isEqualTo(17);
      target.registers().set("cpsr", 0x0000_1800L);
      assertThat(target.run(OTHER | 1, cpu, 5)).isEqualTo(17);
    }
  }

  @Test
  void seeds_reach_flags_and_leave_mode_and_stack_alone() {
    try (EmulatedTarget target = withArmCode(A32_SUB)) {
      long stack = target.registers().stackPointer();
      long everSet = 0;
      long alwaysSet = -1L;
      long vectorFlags = 0;
      for (int seed = 0; seed < 40; seed++) {
        target.seedRegisters(seed);
        everSet |= target.registers().get("cpsr");
        alwaysSet &= target.registers().get("cpsr");
        vectorFlags |= target.vectorStatus().orElseThrow();
        assertThat(target.registers().stackPointer()).isEqualTo(stack);
      }
      assertThat(everSet).isEqualTo(0xF80F_0010L);
      assertThat(alwaysSet).isEqualTo(0x10);
      assertThat(vectorFlags).isEqualTo(0xF000_0000L);
    }
  }

  @Test
  void a_return_address_in_the_link_register_keeps_code_from_being_quiescent() {
    // push {lr}; bl 1f; pop {pc}; 1: breakpoint; bx lr
    try (EmulatedTarget target = withArmCode("04e02de5 000000eb 04f09de4 f801f0e7 1eff2fe1")) {
      assertThat(quiescentInLeaf(target, CODE, 4, 8, 0)).containsExactly(false, true);
    }
    try (EmulatedTarget target = withArmCode("00b5 00f001f8 00bd 18de 7047")) {
      assertThat(quiescentInLeaf(target, THUMB, 2, 6, 0)).containsExactly(false, true);
    }
  }

  /** Asks at the leaf's breakpoint, which it then passes. */
  private List<Boolean> quiescentInLeaf(
      EmulatedTarget target, long entry, int width, int... offsets) {
    List<Boolean> seen = new ArrayList<>();
    cpu.onBreakpoint(
        registers -> {
          for (int offset : offsets) {
            AddressRange place = AddressRange.ofLength(CODE + offset, width);
            seen.add(target.text().isQuiescent(place));
          }
          registers.setProgramCounter(registers.programCounter() + width);
          return Resume.CONTINUE;
        });
    target.run(entry, cpu);
    return seen;
  }
}
