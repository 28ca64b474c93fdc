package io.github.optprobe.testkit.traced;

import static io.github.optprobe.testkit.traced.GeneralRegister.RAX;
import static io.github.optprobe.testkit.traced.GeneralRegister.RBX;
import static io.github.optprobe.testkit.traced.GeneralRegister.RCX;
import static io.github.optprobe.testkit.traced.GeneralRegister.RDI;
import static io.github.optprobe.testkit.traced.GeneralRegister.RFLAGS;
import static io.github.optprobe.testkit.traced.GeneralRegister.RIP;
import static io.github.optprobe.testkit.traced.GeneralRegister.RSP;
import static io.github.optprobe.testkit.traced.TracedMachines.CODE;
import static io.github.optprobe.testkit.traced.TracedMachines.DATA;
import static io.github.optprobe.testkit.traced.TracedMachines.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TracedMachineTest {
  private static final int SIGILL = 4;
  private static final int SIGFPE = 8;
  private static final int SIGSEGV = 11;

  @Test
  void general_registers_are_what_was_set_and_what_the_code_made_of_them() {
    // add rax, rbx; int3
    try (TracedMachine machine = TracedMachines.withCode("4801d8 cc")) {
      long[] values = machine.registers();
      Random random = new Random(1);
      for (int i = 0; i < 16; i++) {
        GeneralRegister register = GeneralRegister.ofNumber(i);
        if (register != RSP) {
          values[register.index()] = random.nextLong();
        }
      }
      machine.setRegisters(values);
      assertThat(machine.registers()).isEqualTo(values);

      assertThat(machine.run().kind()).isEqualTo(Stop.Kind.BREAKPOINT);
      long[] after = machine.registers();
      assertThat(after[RAX.index()]).isEqualTo(values[RAX.index()] + values[RBX.index()]);
      assertThat(after[RIP.index()]).isEqualTo(CODE + 4);
      for (int i = 1; i < 16; i++) {
        int register = GeneralRegister.ofNumber(i).index();
        assertThat(after[register]).isEqualTo(values[register]);
      }
    }
  }

  @Test
  void vector_registers_come_back_in_their_whole_width() {
    try (TracedMachine machine = TracedMachines.withCode("90 cc")) {
      VectorState state = machine.vectors();
      Random random = new Random(2);
      byte[] value = new byte[state.vectorBytes()];
      for (int i = 0; i < state.vectors(); i++) {
        random.nextBytes(value);
        state.setVector(i, value);
      }
      for (int i = 0; state.hasMasks() && i < VectorState.MASKS; i++) {
        state.setMask(i, random.nextLong());
      }
      state.setMxcsr(0x1f80 | 0x6000);
      machine.setVectors(state);
      machine.run();

      assertThat(machine.vectors().differencesTo(state)).isEmpty();
      VectorState other = state.copy();
      other.setVector(3, value);
      assertThat(machine.vectors().differencesTo(other)).hasSize(1);
    }
  }

  /** What we say is register n is what the CPU says is register n. */
  @Test
  void the_cpu_sees_ymm_zmm_and_masks_where_they_were_set() {
    // vmovdqu [rdi], ymm5; int3
    try (TracedMachine machine = TracedMachines.withCode("c5fe7f2f cc")) {
      VectorState state = machine.vectors();
      assumeTrue(state.vectorBytes() >= 32, "the CPU has no AVX");
      fill(state, 5);
      machine.setVectors(state);
      machine.setRegister(RDI, DATA);
      machine.run();
      assertThat(machine.read(DATA, 32)).isEqualTo(firstBytes(state.vector(5), 32));

      assumeTrue(state.vectorBytes() == 64, "the CPU has no AVX-512");
      for (int register : new int[] {5, 21}) {
        fill(state, register);
        // vmovdqu64 [rdi], zmm5 or zmm21; kmovq rax, k3; int3
        String high = register == 5 ? "62f1fe487f2f" : "62e1fe487f2f";
        machine.write(CODE, TracedMachines.bytes(high + "c4e1fb93c3 cc"));
        state.setMask(3, 0x123456789abcdefL);
        machine.setVectors(state);
        machine.setRegister(RIP, CODE);
        assertThat(machine.run().kind()).isEqualTo(Stop.Kind.BREAKPOINT);
        assertThat(machine.read(DATA, 64)).isEqualTo(state.vector(register));
        assertThat(machine.register(RAX)).isEqualTo(0x123456789abcdefL);
      }
    }
  }

  @Test
  void bases_of_fs_and_gs_are_used() {
    // mov rax, fs:[8]; mov rbx, gs:[16]; int3
    try (TracedMachine machine =
        TracedMachines.withCode("64488b042508000000 65488b1c2510000000 cc")) {
      machine.write(DATA + 8, TracedMachines.bytes("0102030405060708 1112131415161718"));
      machine.setRegister(GeneralRegister.FS_BASE, DATA);
      machine.setRegister(GeneralRegister.GS_BASE, DATA);
      machine.run();
      assertThat(machine.register(RAX)).isEqualTo(0x0807060504030201L);
      assertThat(machine.register(RBX)).isEqualTo(0x1817161514131211L);
    }
  }

  @Test
  void a_bad_access_says_where() {
    // mov rax, [rdi]
    try (TracedMachine machine = TracedMachines.withCode("488b07 cc")) {
      machine.setRegister(RDI, DATA + 0x1008);
      Stop unmapped = machine.run();
      assertThat(unmapped).isEqualTo(new Stop(Stop.Kind.SIGNAL, SIGSEGV, 1, DATA + 0x1008));
      assertThat(machine.register(RIP)).isEqualTo(CODE);
      // mov [rdi], rax to the code's own page
      machine.write(CODE, TracedMachines.bytes("488907"));
      machine.setRegister(RDI, CODE);
      assertThat(machine.run()).isEqualTo(new Stop(Stop.Kind.SIGNAL, SIGSEGV, 2, CODE));
      // Not canonical: the CPU gives no address.
      machine.setRegister(RDI, 1L << 62);
      assertThat(machine.run()).isEqualTo(new Stop(Stop.Kind.SIGNAL, SIGSEGV, 128, 0));
    }
  }

  @Test
  void a_division_by_zero_and_an_instruction_that_is_none_are_signals_too() {
    // div rcx; ud2
    try (TracedMachine machine = TracedMachines.withCode("48f7f1 0f0b")) {
      machine.setRegister(RCX, 0);
      Stop division = machine.run();
      assertThat(division).isEqualTo(new Stop(Stop.Kind.SIGNAL, SIGFPE, 1, CODE));
      machine.setRegister(RIP, CODE + 3);
      assertThat(machine.run()).isEqualTo(new Stop(Stop.Kind.SIGNAL, SIGILL, 2, CODE + 3));
    }
  }

  @Test
  void a_step_executes_one_instruction_and_shows_no_step_flag() {
    // nop; inc rax; int3
    try (TracedMachine machine = TracedMachines.withCode("90 48ffc0 cc")) {
      machine.setRegister(RAX, 7);
      assertThat(machine.step().kind()).isEqualTo(Stop.Kind.STEP);
      assertThat(machine.register(RIP)).isEqualTo(CODE + 1);
      assertThat(machine.register(RAX)).isEqualTo(7);
      assertThat(machine.step().kind()).isEqualTo(Stop.Kind.STEP);
      assertThat(machine.register(RAX)).isEqualTo(8);
      assertThat(machine.register(RFLAGS) & 0x100).isZero();
      assertThat(machine.step().kind()).isEqualTo(Stop.Kind.BREAKPOINT);
    }
  }

  @Test
  void code_below_four_gigabytes_runs_as_32_bit_code() {
    // In 64-bit code: rex; inc... 40 is inc eax in 32-bit code only. push eax; call +0; int3
    try (TracedMachine machine = TracedMachines.withCode("40 50 e800000000 cc")) {
      machine.setMode(CpuMode.BITS_32);
      machine.setRegister(RAX, 41);
      machine.setRegister(RCX, 0);
      assertThat(machine.run().kind()).isEqualTo(Stop.Kind.BREAKPOINT);
      assertThat(machine.register(RAX)).isEqualTo(42);
      assertThat(machine.register(RSP)).isEqualTo(STACK - 8);
      ByteBuffer stack = machine.memory(AddressRange.ofLength(STACK - 8, 8));
      assertThat(stack.getInt(0)).isEqualTo((int) CODE + 7);
      assertThat(stack.getInt(4)).isEqualTo(42);

      machine.setMode(CpuMode.BITS_64);
      machine.setRegister(RIP, CODE + 1);
      assertThat(machine.step().kind()).isEqualTo(Stop.Kind.STEP);
      assertThat(machine.register(RSP)).isEqualTo(STACK - 16);
    }
  }

  @Test
  void system_calls_and_cpuid_leave_the_registers_alone() {
    try (TracedMachine machine = TracedMachines.withCode("90 cc")) {
      machine.setRegister(RAX, 99);
      machine.setMode(CpuMode.BITS_32);
      long[] before = machine.registers();
      assertThat(machine.systemCall(39)).isEqualTo(machine.pid()); // getpid
      assertThat(machine.cpuid(0, 0)[0]).isPositive();
      assertThat(machine.registers()).isEqualTo(before);
    }
  }

  @Test
  void a_loop_is_stopped_and_may_go_on() {
    // inc rax; jmp -5
    try (TracedMachine machine = TracedMachines.withCode("48ffc0 ebfb", Duration.ofMillis(50))) {
      machine.setRegister(RAX, 0);
      assertThat(machine.run().kind()).isEqualTo(Stop.Kind.TIME_LIMIT);
      long after = machine.register(RAX);
      assertThat(after).isPositive();
      assertThat(machine.run().kind()).isEqualTo(Stop.Kind.TIME_LIMIT);
      assertThat(machine.register(RAX)).isGreaterThan(after);
    }
  }

  @Test
  void a_child_that_is_killed_is_gone_and_can_be_closed() {
    TracedMachine machine = TracedMachines.withCode("90 cc");
    ProcessHandle child = ProcessHandle.of(machine.pid()).orElseThrow();
    assertThat(child.destroyForcibly()).isTrue();
    assertThat(machine.run().kind()).isEqualTo(Stop.Kind.EXIT);
    assertThat(machine.isAlive()).isFalse();
    assertThatExceptionOfType(ChildGoneException.class).isThrownBy(machine::run);
    machine.close();
    machine.close();
  }

  @Test
  void a_child_that_is_closed_leaves_no_process_behind() {
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    TracedMachine machine = TracedMachines.withCode("90 cc");
    long pid = machine.pid();
    assertThat(ProcessHandle.current().descendants()).hasSizeGreaterThan(before.size());
    machine.close();
    machine.close();
    assertThat(Path.of("/proc", String.valueOf(pid))).doesNotExist();
    assertThat(ProcessHandle.current().descendants()).isSubsetOf(before);
    assertThatIllegalStateException().isThrownBy(machine::run);
  }

  @Test
  void nothing_but_its_own_page_is_mapped_to_begin_with() throws Exception {
    try (TracedMachine machine = TracedMachines.empty()) {
      List<String> maps = Files.readAllLines(Path.of("/proc/%d/maps".formatted(machine.pid())));
      assertThat(maps.stream().filter(line -> !line.contains("vsyscall"))).hasSize(1);
    }
  }

  @Test
  void memory_is_mapped_where_it_is_wanted_zeroed_and_once() {
    try (TracedMachine machine = TracedMachines.empty()) {
      AddressRange high = AddressRange.ofLength(0x7f00_1234_5000L, 0x3000);
      machine.map(high, Protection.READ_WRITE);
      machine.write(high.first() + 0xffe, new byte[] {1, 2, 3, 4});
      assertThat(machine.read(high.first() + 0xfff, 2)).containsExactly(2, 3);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> machine.map(TracedMachines.page(high.first() + 4096), Protection.READ));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> machine.map(TracedMachines.page(0), Protection.READ));
      assertThatExceptionOfType(TextException.class)
          .isThrownBy(() -> machine.read(high.last() - 1, 4));
      machine.unmap(high);
      machine.map(high, Protection.READ);
      assertThat(machine.read(high.first() + 0xffe, 4)).containsOnly(0);
    }
  }

  @Test
  void work_on_its_thread_gives_results_and_throws_what_it_throws() {
    try (TracedMachine machine = TracedMachines.empty()) {
      assertThat(machine.<String>call(() -> machine.call(() -> "nested"))).isEqualTo("nested");
      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(
              () ->
                  machine.execute(
                      () -> {
                        throw new ArithmeticException("thrown");
                      }))
          .withMessage("thrown");
    }
  }

  private static void fill(VectorState state, int register) {
    byte[] value = new byte[state.vectorBytes()];
    new Random(register).nextBytes(value);
    state.setVector(register, value);
  }

  private static byte[] firstBytes(byte[] bytes, int count) {
    return Arrays.copyOf(bytes, count);
  }
}
