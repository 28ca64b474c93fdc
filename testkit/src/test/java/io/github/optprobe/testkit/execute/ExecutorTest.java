package io.github.optprobe.testkit.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.testkit.emulator.EmulatedExecutor;
import io.github.optprobe.testkit.emulator.NamesOnlyArchitecture;
import io.github.optprobe.testkit.traced.TracedExecutor;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every executor, on the emulator and on the host's CPU. Bytes are from GNU as. */
class ExecutorTest {
  private static final long CODE = 0x100_0000;
  private static final long DATA = 0x200_0000;
  private static final AddressRange CODE_PAGE = AddressRange.ofLength(CODE, 4096);
  private static final AddressRange DATA_PAGE = AddressRange.ofLength(DATA, 4096);

  /** The executors of x86-64. */
  enum Kind {
    EMULATED,
    TRACED;

    Executor open(String code) {
      Architecture architecture = NamesOnlyArchitecture.x86();
      Executor executor =
          this == EMULATED ? EmulatedExecutor.of(architecture) : TracedExecutor.of(architecture);
      executor.map(CODE_PAGE, Protection.READ_EXECUTE);
      executor.map(DATA_PAGE, Protection.READ_WRITE);
      executor.write(CODE, HexFormat.of().parseHex(code));
      return executor;
    }
  }

  private static MachineState at(Executor executor, long address) {
    MachineState state = executor.newState();
    state.setProgramCounter(address);
    state.set("rsp", DATA + 2048);
    return state;
  }

  /** {@code lea rax, [rbx+1]; int3}. */
  @ParameterizedTest
  @EnumSource
  void runs_to_a_breakpoint_from_given_registers(Kind kind) {
    try (Executor executor = kind.open("488d4301cc")) {
      MachineState state = at(executor, CODE);
      state.set("rbx", 41);
      Ending end = executor.run(state);
      assertThat(end.kind()).isEqualTo(Ending.Kind.BREAKPOINT);
      assertThat(state.get("rax")).isEqualTo(42);
      assertThat(state.programCounter()).isEqualTo(CODE + 4);
    }
  }

  /** {@code mov [rbx], rax; int3}. */
  @ParameterizedTest
  @EnumSource
  void memory_is_shared_both_ways(Kind kind) {
    try (Executor executor = kind.open("488903cc")) {
      MachineState state = at(executor, CODE);
      state.set("rax", 0x1122_3344_5566_7788L);
      state.set("rbx", DATA + 16);
      executor.run(state);
      assertThat(executor.view(DATA_PAGE).getLong(16)).isEqualTo(0x1122_3344_5566_7788L);
      assertThat(executor.data().load(DATA + 16, 4)).isEqualTo(0x5566_7788L);
      byte[] read = new byte[2];
      executor.read(DATA + 16, read);
      assertThat(read).containsExactly(0x88, 0x77);
    }
  }

  /** {@code inc eax; mov [rbx], rax; int3}. */
  @ParameterizedTest
  @EnumSource
  void a_fault_stands_at_its_instruction_and_tells_the_address(Kind kind) {
    try (Executor executor = kind.open("ffc0488903cc")) {
      MachineState state = at(executor, CODE);
      state.set("rbx", 0x300_0010);
      Ending end = executor.run(state);
      assertThat(end).isEqualTo(new Ending(Ending.Kind.DATA, 0, 0x300_0010));
      assertThat(state.programCounter()).isEqualTo(CODE + 2);
      assertThat(state.get("rax")).isEqualTo(1);
    }
  }

  /** {@code mov [rip-7], eax}: text may not be written. */
  @ParameterizedTest
  @EnumSource
  void text_can_not_be_stored_to(Kind kind) {
    try (Executor executor = kind.open("8905faffffffcc")) {
      MachineState state = at(executor, CODE);
      assertThat(executor.run(state).kind()).isEqualTo(Ending.Kind.DATA);
      assertThatThrownBy(() -> executor.data().store(CODE, 4, 0)).isInstanceOf(TextException.class);
      assertThat(executor.data().load(CODE, 1)).isEqualTo(0x89);
    }
  }

  /** {@code jmp rax}. */
  @ParameterizedTest
  @EnumSource
  void a_branch_to_nowhere_ends_there(Kind kind) {
    try (Executor executor = kind.open("ffe0")) {
      MachineState state = at(executor, CODE);
      state.set("rax", 0x400_0000);
      assertThat(executor.run(state).kind()).isEqualTo(Ending.Kind.FETCH);
      assertThat(state.programCounter()).isEqualTo(0x400_0000);
    }
  }

  /** {@code ud2}; {@code xor ecx, ecx; div ecx}. */
  @ParameterizedTest
  @EnumSource
  void other_faults_are_told_apart(Kind kind) {
    try (Executor executor = kind.open("0f0bcc31c9f7f1")) {
      assertThat(executor.run(at(executor, CODE)).kind()).isEqualTo(Ending.Kind.ILLEGAL);
      MachineState state = at(executor, CODE + 3);
      assertThat(executor.run(state).kind()).isEqualTo(Ending.Kind.FAULT);
      assertThat(state.programCounter()).isEqualTo(CODE + 5);
    }
  }

  /** {@code mov eax, 39; syscall; int3}: getpid, if it were executed. */
  @ParameterizedTest
  @EnumSource
  void system_calls_end_a_run_and_are_not_executed(Kind kind) {
    try (Executor executor = kind.open("b8270000000f05cc")) {
      MachineState state = at(executor, CODE);
      assertThat(executor.run(state).kind()).isEqualTo(Ending.Kind.FAULT);
      // Left alone, or what Linux answers for a call that there is not.
      assertThat(state.get("rax")).isIn(39L, -38L);
      assertThat(executor.run(at(executor, CODE + 7)).kind()).isEqualTo(Ending.Kind.BREAKPOINT);
    }
  }

  /** {@code jmp .}. */
  @ParameterizedTest
  @EnumSource
  void a_circle_ends_by_the_time_limit(Kind kind) {
    try (Executor executor = kind.open("ebfe")) {
      assertThat(executor.run(at(executor, CODE)).kind()).isEqualTo(Ending.Kind.LIMIT);
    }
  }

  /** {@code inc eax; inc eax; pushf; int3}. */
  @ParameterizedTest
  @EnumSource
  void a_step_is_one_instruction_and_leaves_no_trace_in_flags(Kind kind) {
    try (Executor executor = kind.open("ffc0ffc09ccc")) {
      MachineState state = at(executor, CODE);
      assertThat(executor.step(state).kind()).isEqualTo(Ending.Kind.STEP);
      assertThat(state.get("rax")).isEqualTo(1);
      assertThat(state.programCounter()).isEqualTo(CODE + 2);
      executor.step(state);
      executor.step(state);
      assertThat(executor.data().load(state.stackPointer(), 8) & 0x100).isZero();
      assertThat(state.get("rflags") & 0x100).isZero();
    }
  }

  /** {@code call rax; int3}. */
  @ParameterizedTest
  @EnumSource
  void the_gate_stops_a_run_and_returns(Kind kind) {
    try (Executor executor = kind.open("ffd0cc")) {
      MachineState state = at(executor, CODE);
      state.set("rax", executor.gate());
      assertThat(executor.run(state).kind()).isEqualTo(Ending.Kind.GATE);
      assertThat(state.programCounter()).isEqualTo(executor.gate());
      executor.leaveGate(state);
      assertThat(executor.run(state).kind()).isEqualTo(Ending.Kind.BREAKPOINT);
      assertThat(state.programCounter()).isEqualTo(CODE + 2);
      assertThat(state.stackPointer()).isEqualTo(DATA + 2048);
    }
  }

  /** {@code fld1; int3; fistp dword [rbx]; int3}: the x87 stack is in no state. */
  @ParameterizedTest
  @EnumSource
  void what_is_in_no_state_stays_until_it_is_reset(Kind kind) {
    try (Executor executor = kind.open("d9e8ccdb1bcc")) {
      MachineState state = at(executor, CODE);
      state.set("rbx", DATA);
      executor.run(state);
      state.setProgramCounter(CODE + 3);
      executor.run(state);
      assertThat(executor.data().load(DATA, 4)).isEqualTo(1);
      executor.reset();
      state.setProgramCounter(CODE + 3);
      executor.run(state);
      assertThat(executor.data().load(DATA, 4)).isNotEqualTo(1);
    }
  }

  /** {@code paddd xmm1, xmm2; int3}. */
  @ParameterizedTest
  @EnumSource
  void vector_registers_are_part_of_the_state(Kind kind) {
    try (Executor executor = kind.open("660ffecacc")) {
      MachineState state = at(executor, CODE);
      state.wide(state.wideNames().indexOf("v1"))[0] = 40;
      state.wide(state.wideNames().indexOf("v2"))[0] = 2;
      executor.run(state);
      assertThat(state.wide(state.wideNames().indexOf("v1"))[0]).isEqualTo((byte) 42);
    }
  }

  /** {@code mov eax, [rbx]; dec ecx; jnz -6; int3}. */
  @ParameterizedTest
  @EnumSource
  void a_trace_tells_where_a_run_went(Kind kind) {
    try (Executor executor = kind.open("8b03ffc975facc")) {
      MachineState state = at(executor, CODE);
      state.set("rbx", DATA + 8);
      state.set("rcx", 3);
      RunTrace trace = executor.trace(state);
      assertThat(trace.timesAt(CODE)).isEqualTo(3);
      assertThat(trace.timesAt(CODE + 4)).isEqualTo(3);
      assertThat(trace.end().kind()).isEqualTo(Ending.Kind.BREAKPOINT);
      if (kind == Kind.EMULATED) {
        assertThat(trace.loads(AddressRange.ofLength(DATA + 11, 1))).isTrue();
        assertThat(trace.loads(AddressRange.ofLength(DATA + 12, 1))).isFalse();
      }
      assertThat(trace.entersInside(AddressRange.ofLength(CODE, 4), each -> true)).isFalse();
      assertThat(trace.entersInside(AddressRange.ofLength(CODE + 1, 4), each -> true)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void memory_is_mapped_once_and_unmapped_as_mapped(Kind kind) {
    try (Executor executor = kind.open("cc")) {
      assertThat(executor.isMapped(DATA + 4095)).isTrue();
      assertThatThrownBy(() -> executor.map(DATA_PAGE, Protection.READ))
          .isInstanceOf(IllegalArgumentException.class);
      executor.unmap(DATA_PAGE);
      assertThat(executor.isMapped(DATA)).isFalse();
      assertThatThrownBy(() -> executor.unmap(DATA_PAGE))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> executor.write(DATA, new byte[1])).isInstanceOf(TextException.class);
    }
  }

  /** {@code mov rax, [rbx]; mov [rcx], rax; int3}: pages that nobody mapped. */
  @ParameterizedTest
  @EnumSource
  void memory_is_mapped_on_demand_and_recorded(Kind kind) {
    try (Executor executor = kind.open("488b03488901cc")) {
      DemandMemory demand = new DemandMemory(executor, 7, 8);
      MachineState first = wanting(executor);
      Ending end = demand.run(first, () -> {});
      assertThat(end.kind()).isEqualTo(Ending.Kind.BREAKPOINT);
      assertThat(demand.pages())
          .extracting(AddressRange::first)
          .startsWith(0x1234_5000L)
          .contains(0x5_4321_0000L);
      MachineState again = wanting(executor);
      demand.run(again, () -> {});
      assertThat(again.get("rax")).isEqualTo(first.get("rax")).isNotZero();
      demand.close();
      assertThat(executor.isMapped(0x1234_5ff0L)).isFalse();
    }
  }

  private static MachineState wanting(Executor executor) {
    MachineState state = at(executor, CODE);
    state.set("rbx", 0x1234_5ffcL);
    state.set("rcx", 0x5_4321_0ff0L);
    return state;
  }

  /** {@code mov [rbx], eax; int3}: the emulator replaces its engine now and then. */
  @Test
  void memory_and_views_of_it_outlive_an_engine() {
    try (Executor executor = Kind.EMULATED.open("8903cc")) {
      ByteBuffer view = executor.view(DATA_PAGE);
      DataMemory data = executor.data();
      for (int i = 0; i < 50_001; i++) {
        executor.write(CODE + 64, new byte[] {(byte) 0xcc});
      }
      executor.reset();
      MachineState state = at(executor, CODE);
      state.set("rax", 77);
      state.set("rbx", DATA + 8);
      assertThat(executor.run(state).kind()).isEqualTo(Ending.Kind.BREAKPOINT);
      assertThat(view.getInt(8)).isEqualTo(77);
      assertThat(data.load(DATA + 8, 4)).isEqualTo(77);
    }
  }

  @Test
  void no_more_pages_are_mapped_than_permitted() {
    try (Executor executor = Kind.EMULATED.open("488b03cc");
        DemandMemory demand = new DemandMemory(executor, 7, 0)) {
      assertThat(demand.run(wanting(executor), () -> {}).kind()).isEqualTo(Ending.Kind.DATA);
      assertThat(demand.pages()).isEmpty();
    }
  }
}
