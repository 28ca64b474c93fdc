package io.github.optprobe.testkit.traced;

import static io.github.optprobe.testkit.traced.TracedMachines.CODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.NamesOnlyArchitecture;
import io.github.optprobe.testkit.emulator.ScriptedCpu;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracedTargetTest {
  private final ScriptedCpu cpu = new ScriptedCpu();

  @Test
  void arguments_are_passed_and_the_result_is_returned() {
    // lea rax, [rdi+rsi]; sub rax, r9; add rax, [rsp+8]; ret
    try (TracedTarget target = withCode("488d0437 4c29c8 4803442408 c3")) {
      assertThat(target.run(CODE, cpu, 10, 20, 0, 0, 0, 5, 100)).isEqualTo(125);
    }
  }

  @Test
  void a_breakpoint_is_reported_at_its_own_address() {
    try (TracedTarget target = withCode("90 cc b805000000 c3")) {
      cpu.onBreakpoint(registers -> goTo(registers, registers.programCounter() + 1));
      assertThat(target.run(CODE, cpu)).isEqualTo(5);
      assertThat(cpu.breakpoints).containsExactly(CODE + 1);
    }
  }

  @Test
  void a_breakpoint_that_nobody_knows_ends_the_run() {
    try (TracedTarget target = withCode("90 cc c3")) {
      assertThatExceptionOfType(GuestStoppedException.class)
          .isThrownBy(() -> target.run(CODE, cpu))
          .satisfies(e -> assertThat(e.pc()).isEqualTo(CODE + 1))
          .satisfies(e -> assertThat(e.stop().kind()).isEqualTo(Stop.Kind.BREAKPOINT));
    }
  }

  @Test
  void a_fault_ends_the_run_and_says_where() {
    // nop; mov rax, [0x10]
    try (TracedTarget target = withCode("90 488b042510000000 c3")) {
      assertThatExceptionOfType(GuestStoppedException.class)
          .isThrownBy(() -> target.run(CODE, cpu))
          .satisfies(e -> assertThat(e.pc()).isEqualTo(CODE + 1))
          .satisfies(e -> assertThat(e.stop()).isEqualTo(new Stop(Stop.Kind.SIGNAL, 11, 1, 16)));
    }
  }

  @Test
  void steps_go_on_while_they_are_asked_for() {
    try (TracedTarget target = withCode("cc 90 90 90 b807000000 c3")) {
      cpu.onBreakpoint(registers -> step(registers, CODE + 1));
      cpu.onStep(registers -> cpu.steps.size() < 3 ? Resume.STEP : Resume.CONTINUE);
      assertThat(target.run(CODE, cpu)).isEqualTo(7);
      assertThat(cpu.steps).containsExactly(CODE + 2, CODE + 3, CODE + 4);
    }
  }

  /** pushfq, pushf, pushfq with prefixes that mean nothing to it; pop rax. */
  @ParameterizedTest
  @ValueSource(strings = {"9c 58", "66 9c 6658", "67 9c 58", "2e48 9c 58", "f3 9c 58"})
  void a_stepped_push_of_the_flags_does_not_show_the_step_flag(String push) {
    try (TracedTarget target = withCode("cc" + push + "c3")) {
      cpu.onBreakpoint(registers -> step(registers, CODE + 1));
      cpu.onStep(registers -> Resume.CONTINUE);
      long flags = target.run(CODE, cpu);
      assertThat(flags & 0x100).isZero();
      assertThat(flags & 2).isEqualTo(2);
    }
  }

  @Test
  void a_fault_in_a_step_is_no_step() {
    // int3; div rcx
    try (TracedTarget target = withCode("cc 48f7f1 c3")) {
      target.machine().setRegister(GeneralRegister.RCX, 0);
      cpu.onBreakpoint(registers -> step(registers, CODE + 1));
      assertThatExceptionOfType(GuestStoppedException.class)
          .isThrownBy(() -> target.run(CODE, cpu))
          .satisfies(e -> assertThat(e.stop().signal()).isEqualTo(8));
      assertThat(cpu.steps).isEmpty();
    }
  }

  @Test
  void the_gate_returns_to_its_caller_or_wherever_a_handler_goes() {
    // mov eax, gate; call rax; mov rax, rbx; ret; nop; mov eax, 99; ret
    try (TracedTarget target = withCode("b81000000f ffd0 4889d8 c3 90 b863000000 c3")) {
      cpu.onGate(
          registers -> {
            registers.set("rbx", 9);
            return Resume.CONTINUE;
          });
      assertThat(target.run(CODE, cpu)).isEqualTo(9);
      assertThat(cpu.gates).containsExactly(target.gate());

      cpu.onGate(
          registers -> {
            registers.set("rsp", registers.stackPointer() + 8);
            return goTo(registers, CODE + 12);
          });
      assertThat(target.run(CODE, cpu)).isEqualTo(99);
    }
  }

  @Test
  void a_handler_may_call_a_function_and_finds_all_registers_as_they_were() {
    // int3; ret; (+8) mov eax, 77; xor ebx, ebx; vector: pxor xmm0, xmm0; ret
    try (TracedTarget target = withCode("cc c3 909090909090 b84d000000 31db 660fefc0 c3")) {
      VectorState vectors = target.machine().vectors();
      byte[] value = new byte[vectors.vectorBytes()];
      value[0] = 42;
      vectors.setVector(0, value);
      target.machine().setVectors(vectors);
      target.registers().set("rbx", 5);
      cpu.onBreakpoint(
          registers -> {
            long stack = registers.stackPointer();
            assertThat(target.run(CODE + 8, cpu)).isEqualTo(77);
            assertThat(registers.get("rbx")).isEqualTo(5);
            assertThat(registers.stackPointer()).isEqualTo(stack);
            return goTo(registers, CODE + 1);
          });
      target.run(CODE, cpu);
      assertThat(target.registers().get("rbx")).isEqualTo(5);
      assertThat(target.machine().vectors().vector(0)).isEqualTo(value);
    }
  }

  @Test
  void a_loop_over_a_breakpoint_ends_at_the_time_limit() {
    try (TracedTarget target = withCode("cc ebfd", Duration.ofMillis(50))) {
      cpu.onBreakpoint(registers -> goTo(registers, CODE + 1));
      assertThatExceptionOfType(GuestStoppedException.class)
          .isThrownBy(() -> target.run(CODE, cpu))
          .satisfies(e -> assertThat(e.stop().kind()).isEqualTo(Stop.Kind.TIME_LIMIT));
    }
  }

  @Test
  void code_of_32_bits_takes_its_arguments_from_the_stack() {
    NamesOnlyArchitecture narrow = NamesOnlyArchitecture.x86of32Bits();
    try (TracedTarget target = TracedMachines.orSkip(() -> TracedTarget.of(narrow))) {
      // mov eax, [esp+4]; int3; inc eax (not an instruction in 64-bit code); ret
      target.map(CODE, TracedMachines.bytes("8b442404 cc 40 c3"), Protection.READ_EXECUTE);
      cpu.onBreakpoint(
          registers -> {
            assertThat(registers.get("eax")).isEqualTo(0xffff_fff0L);
            registers.set("eax", 0x1_0000_0005L);
            return goTo(registers, CODE + 5);
          });
      assertThat(target.run(CODE, cpu, 0xffff_fff0L)).isEqualTo(6);
      assertThat(cpu.breakpoints).containsExactly(CODE + 4);
      OptionalLong slot = target.text().allocate(64, AddressRange.ALL);
      assertThat(slot.orElseThrow()).isLessThan(1L << 32);
    }
  }

  @Test
  void text_is_what_is_executable() {
    try (TracedTarget target = withCode("c3")) {
      TextMemory text = target.text();
      target.map(AddressRange.ofLength(CODE + 4096, 4096), Protection.READ_WRITE);
      assertThat(text.read(CODE + 4090, new byte[20], 0, 20)).isEqualTo(6);
      assertThatExceptionOfType(TextException.class)
          .isThrownBy(() -> text.write(CODE + 4090, new byte[20]))
          .satisfies(e -> assertThat(e.operation()).isEqualTo(TextException.Operation.WRITE));
      text.write(CODE + 4090, new byte[] {1, 2, 3, 4, 5, 6});
      assertThat(target.readBytes(CODE + 4092, 2)).containsExactly(3, 4);
    }
  }

  @Test
  void slots_lie_within_the_interval_that_was_asked_for_and_are_given_back() {
    try (TracedTarget target = withCode("c3")) {
      TextMemory text = target.text();
      AddressRange near = AddressRange.around(CODE, 1 << 20, 1 << 20);
      long first = text.allocate(100, near).orElseThrow();
      long second = text.allocate(5000, near).orElseThrow();
      assertThat(near.contains(AddressRange.ofLength(second, 5000))).isTrue();
      assertThat(target.isSlot(first)).isTrue();
      assertThat(target.liveAllocations()).isEqualTo(2);
      text.write(second, TracedMachines.bytes("b80b000000c3"));
      assertThat(target.run(second, cpu)).isEqualTo(11);

      AddressRange full = AddressRange.ofLength(CODE, 4096);
      assertThat(text.allocate(16, full)).isEmpty();
      assertThat(text.allocate(8192, AddressRange.ofLength(CODE + 0x10000, 4096))).isEmpty();
      text.free(first);
      text.free(second);
      assertThat(target.liveAllocations()).isZero();
      assertThatExceptionOfType(TextException.class).isThrownBy(() -> text.free(first));
    }
  }

  @Test
  void a_range_is_quiescent_unless_the_cpu_stands_there_or_returns_there() {
    // call +1; ret; int3; ret
    try (TracedTarget target = withCode("e801000000 c3 cc c3")) {
      TextMemory text = target.text();
      cpu.onBreakpoint(
          registers -> {
            assertThat(text.isQuiescent(AddressRange.ofLength(CODE + 5, 1))).isFalse();
            assertThat(text.isQuiescent(AddressRange.ofLength(CODE + 6, 1))).isFalse();
            assertThat(text.isQuiescent(AddressRange.ofLength(CODE, 5))).isTrue();
            goTo(registers, CODE + 7);
            assertThat(text.isQuiescent(AddressRange.ofLength(CODE + 6, 1))).isTrue();
            assertThat(text.isQuiescent(AddressRange.ofLength(CODE + 7, 1))).isFalse();
            return Resume.CONTINUE;
          });
      target.run(CODE, cpu);
      assertThat(cpu.breakpoints).hasSize(1);
      assertThat(text.isQuiescent(AddressRange.ALL)).isTrue();
    }
  }

  @Test
  void another_thread_may_patch_running_code_and_synchronise() {
    // jmp to itself; ret
    try (TracedTarget target = withCode("ebfe c3")) {
      CompletableFuture<Void> patched =
          CompletableFuture.runAsync(
              () -> {
                while (!target.machine().isRunning()) {
                  Thread.onSpinWait();
                }
                assertThat(target.text().isQuiescent(AddressRange.ofLength(CODE, 3))).isFalse();
                target.text().synchronizeCpus();
                target.text().write(CODE, new byte[] {(byte) 0x90, (byte) 0x90});
                target.text().synchronizeCpus();
              });
      target.run(CODE, cpu);
      patched.join();
    }
  }

  private static Resume goTo(Registers registers, long address) {
    registers.setProgramCounter(address);
    return Resume.CONTINUE;
  }

  private static Resume step(Registers registers, long address) {
    registers.setProgramCounter(address);
    return Resume.STEP;
  }

  private static TracedTarget withCode(String hex) {
    return withCode(hex, TracedMachine.DEFAULT_LIMIT);
  }

  private static TracedTarget withCode(String hex, Duration limit) {
    NamesOnlyArchitecture names = NamesOnlyArchitecture.x86();
    TracedTarget target = TracedMachines.orSkip(() -> TracedTarget.of(names, limit));
    target.map(CODE, TracedMachines.bytes(hex), Protection.READ_EXECUTE);
    return target;
  }
}
