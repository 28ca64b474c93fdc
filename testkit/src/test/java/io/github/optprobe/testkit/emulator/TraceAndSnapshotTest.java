package io.github.optprobe.testkit.emulator;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.withCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.Cpu;
import io.github.optprobe.Resume;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import org.junit.jupiter.api.Test;

final class TraceAndSnapshotTest {
  private final Cpu noProbes = ScriptedCpu.withoutProbes();

  @Test
  void a_trace_has_every_instruction_in_order() {
    // mov ecx,3; 1: loop 1b; ret
    try (EmulatedTarget target = withCode("b9 03 00 00 00 e2 fe c3")) {
      target.run(CODE, noProbes);
      try (Trace trace = target.trace()) {
        target.run(CODE, noProbes);

        assertThat(trace.addresses())
            .startsWith(CODE, CODE + 5, CODE + 5, CODE + 5, CODE + 7)
            .hasSize(6);
        assertThat(target.isService(trace.address(5))).isTrue();
      }
    }
  }

  @Test
  void a_closed_trace_grows_no_more() {
    try (EmulatedTarget target = withCode("90 c3")) {
      Trace trace = target.trace();
      assertThatThrownBy(target::trace).isInstanceOf(IllegalStateException.class);
      trace.close();
      trace.close();
      target.run(CODE, noProbes);

      assertThat(trace.size()).isZero();
    }
  }

  @Test
  void breakpoints_are_marked_by_what_came_after() {
    try (EmulatedTarget target = withCode("cc cc c3")) {
      long slot = target.text().allocate(16, Targets.nearCode()).orElseThrow();
      target.text().write(slot, Targets.bytes("90 c3"));
      target.text().synchronizeCpus();
      ScriptedCpu cpu = new ScriptedCpu();
      cpu.onBreakpoint(
          registers -> {
            registers.setProgramCounter(cpu.breakpoints.size() == 1 ? CODE + 1 : slot);
            return Resume.CONTINUE;
          });
      try (Trace trace = target.trace()) {
        target.run(CODE, cpu);

        assertThat(trace.kind(0)).isEqualTo(Trace.Kind.REPLACED);
        assertThat(trace.kind(1)).isEqualTo(Trace.Kind.TRAPPED);
        assertThat(trace.kind(2)).isEqualTo(Trace.Kind.EXECUTED);
        assertThat(trace.address(2)).isEqualTo(slot);
      }
    }
  }

  @Test
  void while_tracing_faults_are_exact() {
    try (EmulatedTarget target = withCode("90 90 48 8b 07 c3");
        Trace trace = target.trace()) {
      assertThatThrownBy(() -> target.run(CODE, noProbes, 0x5000))
          .isInstanceOfSatisfying(
              GuestFaultException.class, e -> assertThat(e.pc()).isEqualTo(CODE + 2));
      assertThat(trace.size()).isEqualTo(3);
    }
  }

  @Test
  void restoring_a_snapshot_brings_back_memory_registers_and_host_state() {
    long[] hostState = {1};
    try (EmulatedTarget target = withCode("48 89 37 48 89 f3 c3")) {
      long data = 0x3000_0000L;
      target.map(AddressRange.ofLength(data, 4096), Protection.READ_WRITE);
      target.addHostState(
          () -> {
            long then = hostState[0];
            return () -> hostState[0] = then;
          });
      target.registers().set("rbx", 17);
      Snapshot before = target.snapshot();

      target.run(CODE, noProbes, data, 99);
      hostState[0] = 2;
      assertThat(target.data().load(data, 8)).isEqualTo(99);
      target.restore(before);

      assertThat(target.data().load(data, 8)).isZero();
      assertThat(target.registers().get("rbx")).isEqualTo(17);
      assertThat(hostState[0]).isEqualTo(1);
    }
  }

  @Test
  void data_mapped_after_a_snapshot_is_zero_after_restoring() {
    try (EmulatedTarget target = Targets.empty()) {
      Snapshot before = target.snapshot();
      target.map(0x3000_0000L, new byte[] {1, 2, 3}, Protection.READ_WRITE);
      target.restore(before);

      assertThat(target.readBytes(0x3000_0000L, 3)).containsOnly(0);
    }
  }

  @Test
  void a_target_does_not_go_back_to_memory_alone() {
    try (EmulatedTarget target = Targets.empty()) {
      Snapshot memory = target.memory();

      assertThat(memory.ranges()).isNotEmpty();
      assertThatThrownBy(() -> target.restore(memory)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void data_is_loaded_and_stored_in_any_width_across_mappings() {
    try (EmulatedTarget target = Targets.empty()) {
      target.map(AddressRange.ofLength(0x3000_0000L, 4096), Protection.READ_WRITE);
      target.map(AddressRange.ofLength(0x3000_1000L, 4096), Protection.READ_WRITE);
      for (int width : new int[] {1, 2, 4, 8}) {
        for (int below = 0; below <= 8; below++) {
          long address = 0x3000_1000L - below;
          target.data().store(address, width, 0x8877_6655_4433_2211L);
          assertThat(target.data().load(address, width))
              .isEqualTo(0x8877_6655_4433_2211L & (-1L >>> (64 - 8 * width)));
        }
      }
      assertThatThrownBy(() -> target.data().load(0x3000_1ffdL, 8))
          .isInstanceOf(TextException.class);
    }
  }
}
