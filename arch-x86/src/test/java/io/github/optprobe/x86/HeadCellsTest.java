package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.HitRouter;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.HeadCells;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detour buffers that begin with a jump through a cell to code that the target wrote. */
class HeadCellsTest {
  private static final String NAME = "call_behind_short_instructions";
  private static final long COUNTER = 0x42_0000;
  private static final long BACK = COUNTER + 8;
  private static final long CELL = COUNTER + 16;
  private static final long PROGRAM = 0x43_0000;

  /**
   * lea rsp,[rsp-0x80]; pushfq; inc qword ptr [COUNTER]; popfq; lea rsp,[rsp+0x80]; jmp qword ptr
   * [BACK]. From GNU as.
   */
  private static final String COUNTING =
      "488d6424809c48ff0425000042009d488da42480000000ff242508004200";

  /** A machine with cells, and what is known of the buffers that jump through them. */
  private static final class Cells implements HeadCells, HitRouter {
    private final SnippetMachine machine;
    private final List<Long> bufferStarts = new ArrayList<>();
    private Optional<PreparedDetour> last = Optional.empty();
    private Optional<PreparedDetour> diverted = Optional.empty();
    private long cell = CELL;
    private boolean counting;

    Cells(SnippetMachine machine) {
      this.machine = machine;
      machine.target.map(AddressRange.ofLength(COUNTER, 0x1000), Protection.READ_WRITE);
      machine.target.map(PROGRAM, HexFormat.of().parseHex(COUNTING), Protection.READ_EXECUTE);
    }

    Kprobes registry() {
      Gate gate = Gate.at(machine.target.gate()).withCells(this);
      return machine.registry().gate(gate).router(this).build();
    }

    PreparedDetour detour() {
      return last.orElseThrow();
    }

    @Override
    public long cellFor(CodeAddress probed, long bufferStart) {
      bufferStarts.add(bufferStart);
      return cell;
    }

    @Override
    public void prepared(PreparedDetour detour) {
      last = Optional.of(detour);
      long entry = detour.buffer().entry();
      machine.target.data().store(BACK, Long.BYTES, entry);
      machine.target.data().store(CELL, Long.BYTES, counting ? PROGRAM : entry);
    }

    @Override
    public void diverted(CodeAddress address, Optional<PreparedDetour> into) {
      diverted = into;
    }

    long count() {
      return machine.target.data().load(COUNTER, Long.BYTES);
    }
  }

  private static ProbeHandle optimized(Kprobes kprobes, CodeAddress address) {
    ProbeHandle handle = kprobes.register(Kprobe.at(address).build());
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(Tier.OPTIMIZED);
    return handle;
  }

  @Test
  void a_buffer_begins_with_a_jump_through_its_cell_and_its_entry_is_right_behind() {
    try (SnippetMachine machine = new SnippetMachine(Snippet.named(NAME))) {
      Cells cells = new Cells(machine);
      try (Kprobes kprobes = cells.registry()) {
        optimized(kprobes, machine.at(Snippet.BASE));
        PreparedDetour detour = cells.detour();
        long start = detour.buffer().start();

        assertThat(cells.bufferStarts).containsExactly(start);
        assertThat(cells.diverted).containsSame(detour);
        assertThat(detour.buffer().entry()).isEqualTo(start + 6);
        byte[] head = machine.target.readBytes(start, 6);
        assertThat(HexFormat.of().formatHex(head, 0, 2)).as("jmp [rip+disp32]").isEqualTo("ff25");
        int displacement = (int) machine.target.data().load(start + 2, Integer.BYTES);
        assertThat(start + 6 + displacement).isEqualTo(CELL);
        assertThat(kprobes.originalAddress(start)).hasValue(Snippet.BASE);
        assertThat(detour.buffer().bytes())
            .as("what stands in the buffer is what it says")
            .isEqualTo(machine.target.readBytes(start, detour.buffer().bytes().length));
      }
    }
  }

  /** Of every instruction of the snippets that can be optimized. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void programs_compute_the_same_through_a_cell(boolean counting) {
    int optimized = 0;
    long counted = 0;
    for (Snippet snippet : Snippet.all().stream().limit(10).toList()) {
      try (SnippetMachine machine = new SnippetMachine(snippet)) {
        Cells cells = new Cells(machine);
        cells.counting = counting;
        try (Kprobes kprobes = cells.registry()) {
          for (long boundary : machine.boundaries()) {
            optimized += compare(machine, cells, kprobes, boundary) ? 1 : 0;
          }
        }
        counted += cells.count();
      }
    }
    assertThat(optimized).as("probes that became jumps").isGreaterThan(15);
    assertThat(counted > 0).as("the program was run").isEqualTo(counting);
  }

  private static boolean compare(
      SnippetMachine machine, Cells cells, Kprobes kprobes, long boundary) {
    Cpu cpu = kprobes.newCpu(machine.target.data());
    String[] unprobed = {machine.run(cpu, 1), machine.run(cpu, 2)};
    long executed = executions(machine, cpu, boundary, 1) + executions(machine, cpu, boundary, 2);
    long before = cells.count();
    try (ProbeHandle probe = kprobes.register(Kprobe.at(machine.at(boundary)).build())) {
      kprobes.runOptimizer();
      if (!probe.tier().equals(Optional.of(Tier.OPTIMIZED))) {
        return false;
      }
      assertThat(machine.run(cpu, 1)).as("%x", boundary).isEqualTo(unprobed[0]);
      assertThat(machine.run(cpu, 2)).as("%x", boundary).isEqualTo(unprobed[1]);
      assertThat(probe.hits()).as("the gate is not called").isZero();
      assertThat(cells.count() - before)
          .as("%x", boundary)
          .isEqualTo(cells.counting ? executed : 0);
      return true;
    } catch (RefusedException refused) {
      assertThat(refused.refusal().code()).isNotEmpty();
      return false;
    }
  }

  private static long executions(SnippetMachine machine, Cpu cpu, long boundary, int seed) {
    return machine.executions(cpu, seed).getOrDefault(boundary, 0L);
  }

  @Test
  void what_is_in_the_cell_may_change_while_the_jump_stands() {
    try (SnippetMachine machine = new SnippetMachine(Snippet.named(NAME))) {
      Cells cells = new Cells(machine);
      try (Kprobes kprobes = cells.registry()) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        String unprobed = machine.run(cpu, 1);
        optimized(kprobes, machine.at(Snippet.BASE));
        assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);
        assertThat(cells.count()).isZero();
        machine.target.data().store(CELL, Long.BYTES, PROGRAM);
        assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);
        assertThat(cells.count()).isEqualTo(1);
        machine.target.data().store(CELL, Long.BYTES, cells.detour().buffer().entry());
        assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);
        assertThat(cells.count()).isEqualTo(1);
      }
    }
  }

  /** A cell out of reach breaks what the target promised: nothing stays of the probe. */
  @Test
  void a_cell_that_no_load_reaches_is_reported_and_leaves_nothing() {
    try (SnippetMachine machine = new SnippetMachine(Snippet.named(NAME))) {
      Cells cells = new Cells(machine);
      cells.cell = 0x7000_0000_0000L;
      try (Kprobes kprobes = cells.registry()) {
        Throwable thrown = catchThrowable(() -> optimized(kprobes, machine.at(Snippet.BASE)));

        assertThat(thrown)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("0x700000000000 is out of reach");
        assertThat(kprobes.probes()).isEmpty();
        assertThat(kprobes.liveSlots()).isZero();
        assertThat(machine.codeNow()).isEqualTo(Snippet.named(NAME).code());
        cells.cell = CELL;
        optimized(kprobes, machine.at(Snippet.BASE));
      }
    }
  }

  @Test
  void x86_32_has_no_such_jump_and_calls_the_gate_as_ever() {
    Snippet add =
        new Snippet(
            new X86_32(), "add", "mov eax, 5; add eax, [esp+4]; ret", "b80500000003442404c3");
    try (SnippetMachine machine = new SnippetMachine(add)) {
      List<Long> asked = new ArrayList<>();
      HeadCells never =
          (probed, bufferStart) -> {
            asked.add(bufferStart);
            return CELL;
          };
      Gate gate = Gate.at(machine.target.gate()).withCells(never);
      try (Kprobes kprobes = machine.registry().gate(gate).build()) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        String unprobed = machine.run(cpu, 3);
        ProbeHandle handle = optimized(kprobes, machine.at(Snippet.BASE));

        assertThat(machine.run(cpu, 3)).isEqualTo(unprobed);
        assertThat(handle.hits()).isEqualTo(1);
        assertThat(asked).isEmpty();
      }
    }
  }
}
