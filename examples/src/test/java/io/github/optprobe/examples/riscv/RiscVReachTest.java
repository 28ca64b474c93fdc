package io.github.optprobe.examples.riscv;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobes;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How far jumps lead, and what is loaded without memory to load it from. */
class RiscVReachTest {
  private static final long BASE = RiscVMachine.BASE;

  /** By GNU as: {@code addi a0,a0,1}. */
  private static final int ADDI = 0x0015_0513;

  @Test
  void jumps_are_those_of_the_assembler() {
    // j .-1048576; j .+1048572; j .+8; j .-4
    assertThat(Asm.jump(-1048576)).isEqualTo(0x8000_006f);
    assertThat(Asm.jump(1048572)).isEqualTo(0x7fdf_f06f);
    assertThat(Asm.jump(8)).isEqualTo(0x0080_006f);
    assertThat(Asm.jump(-4)).isEqualTo(0xffdf_f06f);
  }

  /** The lowest and the highest place that the module asks for. */
  private enum Edge {
    LOWEST,
    HIGHEST;

    SlotAllocator allocator() {
      return (bytes, within) -> Optional.of(new Slot(start(bytes, within), bytes));
    }

    private long start(int bytes, AddressRange within) {
      return this == LOWEST
          ? (within.first() + 3) & -Instruction.BYTES
          : (within.last() + 1 - bytes) & -Instruction.BYTES;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_buffer_at_the_edge_of_reach_is_run_through(Edge edge) {
    for (Xlen xlen : Xlen.values()) {
      try (RiscVMachine machine = new RiscVMachine(xlen);
          Kprobes none = machine.registry()) {
        machine.put(BASE, ADDI, RiscVMachine.RETURN);
        AtomicInteger gateCalls = new AtomicInteger();
        long gate = machine.target.addHostFunction(call -> gateCalls.incrementAndGet());
        PreparedDetour detour = detour(machine, edge.allocator(), gate);
        long start = detour.buffer().start();
        mapAround(machine, start);
        machine.target.writeBytes(start, detour.buffer().bytes());
        machine.architecture.optimize(List.of(detour), machine.target.text());
        Cpu cpu = none.newCpu(machine.target.data());

        long result = machine.target.run(BASE, cpu, 41);

        assertThat(result).isEqualTo(42);
        assertThat(gateCalls).hasValue(1);
        assertThat(Math.abs(start - BASE)).isBetween((1L << 20) - 400, 1L << 20);
      }
    }
  }

  private static PreparedDetour detour(RiscVMachine machine, SlotAllocator slots, long gate) {
    CodeAddress address = new CodeAddress(BASE, machine.architecture.instructionSet());
    Preparation preparation = new Preparation(address, machine.target.text(), slots);
    WindowPlan plan = machine.architecture.planWindow(preparation);
    return machine.architecture.prepareDetour(plan, preparation, Gate.at(gate));
  }

  /** Half of a page in front of and behind it are mapped already. */
  private static void mapAround(RiscVMachine machine, long address) {
    for (long page = (address & -4096) - 4096; page <= (address & -4096) + 4096; page += 4096) {
      if (machine.target.text().read(page, new byte[1], 0, 1) == 0) {
        machine.target.map(AddressRange.ofLength(page, 4096), Protection.READ_EXECUTE);
      }
    }
  }

  /** Loaded by the CPU: nobody else says what is right. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        -1,
        2047,
        2048,
        -2048,
        -2049,
        0x7fff_f7ff,
        0x7fff_f800,
        0x7fff_ffff,
        0x8000_0000L,
        -0x8000_0000L,
        -0x8000_0001L,
        0x1234_5678_9abc_def0L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x7777_7777_7777_7fffL,
        0xf00_0000
      })
  void any_number_is_loaded(long value) {
    for (Xlen xlen : Xlen.values()) {
      try (RiscVMachine machine = new RiscVMachine(xlen);
          Kprobes none = machine.registry()) {
        Code code = new Code(xlen).constant(Register.A0, value).word(RiscVMachine.RETURN);
        machine.target.writeBytes(BASE, code.at(BASE));
        machine.target.text().synchronizeCpus();

        assertThat(machine.target.run(BASE, none.newCpu(machine.target.data())))
            .isEqualTo(xlen.unsigned(value));
      }
    }
  }

  @Test
  void addresses_are_loaded_from_2_gib_away() {
    long lowest = 0x1_0000_0000L - (1L << 31) - (1 << 11);
    long highest = 0x1_0000_0000L + (1L << 31) - (1 << 11) - 1;
    for (long target : new long[] {lowest, highest, 0x1_0000_0000L, 0x1_0000_0800L}) {
      try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
          Kprobes none = machine.registry()) {
        long here = 0x1_0000_0000L;
        machine.target.map(AddressRange.ofLength(here, 4096), Protection.READ_EXECUTE);
        Code code = new Code(Xlen.RV64).address(Register.A0, target).word(RiscVMachine.RETURN);
        assertThat(code.reach().orElseThrow().contains(here)).isTrue();
        machine.target.writeBytes(here, code.at(here));
        machine.target.text().synchronizeCpus();

        assertThat(machine.target.run(here, none.newCpu(machine.target.data()))).isEqualTo(target);
      }
    }
    assertThat(new Code(Xlen.RV64).address(1, highest + 1).reach().orElseThrow().first())
        .isGreaterThan(0x1_0000_0000L);
  }
}
