package io.github.optprobe.testkit.oracle;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.bytes;
import static io.github.optprobe.testkit.emulator.Targets.nearCode;
import static io.github.optprobe.testkit.emulator.Targets.withArmCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import io.github.optprobe.testkit.emulator.ScriptedCpu;
import io.github.optprobe.testkit.emulator.Snapshot;
import io.github.optprobe.testkit.emulator.Trace;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces, snapshots and comparisons of 32-bit ARM. A probe is faked by a breakpoint and a copy. */
final class OracleArmTest {
  private static final long DATA = 0x3000_0000L;
  private static final long IT = 0x0600_FC00L;
  private static final long CPSR_T = 1 << 5;

  private final ScriptedCpu cpu = new ScriptedCpu();

  @Test
  void a_trace_has_plain_addresses_in_both_sets() {
    // cmp r0, #1; moveq r0, #5; movne r0, #6; bx lr
    try (EmulatedTarget target = withArmCode("010050e3 0500a003 0600a013 1eff2fe1")) {
      // cmp r0, #1; ite eq; moveq r0, #5; movne r0, #6; bx lr
      long thumb = CODE + 0x1000;
      target.map(thumb, bytes("0128 0cbf 0520 0620 7047"), Protection.READ_EXECUTE);
      target.run(CODE, cpu, 1);
      try (Trace trace = target.trace()) {
        assertThat(target.run(CODE, cpu, 1)).isEqualTo(5);
        assertThat(trace.addresses()).startsWith(CODE, CODE + 4, CODE + 8, CODE + 12).hasSize(5);
        assertThat(target.isService(trace.address(4))).isTrue();
      }
      try (Trace trace = target.trace()) {
        assertThat(target.run(thumb | 1, cpu, 1)).isEqualTo(5);
        // In an IT block an instruction whose condition fails is not seen.
        assertThat(trace.addresses()).startsWith(thumb, thumb + 2, thumb + 4, thumb + 8).hasSize(5);
        assertThat(target.isService(trace.address(4))).isTrue();
      }
      assertThat(target.run(thumb | 1, cpu, 2)).isEqualTo(6);
    }
  }

  @Test
  void a_snapshot_in_an_it_block_keeps_the_set_and_the_blocks_state() {
    // cmp r0, #1; itte eq; moveq r1, #1; breakpoint; movne r1, #2; mov r0, r1; bx lr
    try (EmulatedTarget target = withArmCode("0128 06bf 0121 18de 0221 0846 7047")) {
      target.setVectorRegister(15, bytes("0123456789abcdef0011223344556677"));
      Snapshot[] inBlock = new Snapshot[1];
      cpu.onBreakpoint(
          registers -> {
            inBlock[0] = target.snapshot();
            registers.set("cpsr", (registers.get("cpsr") & ~IT) | 0x1800);
            registers.setProgramCounter(CODE + 8);
            return Resume.CONTINUE;
          });
      assertThat(target.run(CODE | 1, cpu, 1)).isEqualTo(1);
      target.setVectorRegister(15, new byte[16]);
      target.registers().set("cpsr", 0);

      target.restore(inBlock[0]);
      assertThat(target.registers().programCounter()).isEqualTo(CODE + 6);
      assertThat(target.registers().get("cpsr") & (IT | CPSR_T)).isEqualTo(0x0C00 | CPSR_T);
      assertThat(target.registers().get("r1")).isEqualTo(1);
      assertThat(target.vectorRegister(15)).isEqualTo(bytes("0123456789abcdef0011223344556677"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_transparent_probe_makes_no_difference(int mark) {
    try (Probed probed = new Probed(mark)) {
      Observation unprobed = probed.observeUnprobed();
      Comparison comparison = probed.compare(unprobed, registers -> {});

      assertThat(comparison.isSame()).describedAs(comparison.toString()).isTrue();
      int width = mark == 0 ? 4 : 2;
      assertThat(unprobed.path().addresses())
          .containsExactly(CODE, CODE + width, CODE + 2L * width);
      assertThat(unprobed.registers()).containsKey("cpsr").doesNotContainKey("pc");
      assertThat(unprobed.registers().get("cpsr") & CPSR_T).isEqualTo(mark * CPSR_T);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatever_a_handler_changes_shows(int mark) {
    try (Probed probed = new Probed(mark)) {
      Observation unprobed = probed.observeUnprobed();
      // GE, which no instruction of the program sets.
      assertDifference(
          probed.compare(unprobed, r -> r.set("cpsr", r.get("cpsr") ^ 0x4_0000)), "cpsr");
      assertDifference(probed.compare(unprobed, r -> r.set("r9", r.get("r9") ^ 1)), "r9");
      assertDifference(
          probed.compare(unprobed, r -> probed.target.setVectorRegister(12, new byte[16])),
          "vector 12");
    }
  }

  @Test
  void after_a_fault_flags_and_set_are_compared() {
    // adds r4, #1; str r4, [r0]
    try (EmulatedTarget target = withArmCode("0134 0460")) {
      Oracle oracle = Oracle.on(target);
      Observation observation = oracle.observe(guest -> guest.call(CODE | 1, 0x5000), 1, cpu);
      assertThat(observation.fault()).isEqualTo("UNMAPPED at 0x5000");
      assertThat(observation.registers().get("cpsr") & CPSR_T).isEqualTo(CPSR_T);

      oracle.restore();
      target.registers().set("r4", 0xFFFF_FFFFL);
      assertThatThrownBy(() -> target.run(CODE | 1, cpu, 0x5000))
          .isInstanceOf(GuestFaultException.class);
      assertThat(target.registers().get("cpsr") >>> 28).as("zero, carry").isEqualTo(6);
    }
  }

  private static void assertDifference(Comparison comparison, String what) {
    assertThat(comparison.differences()).extracting(Difference::what).containsExactly(what);
  }

  /** {@code adds r4, r4, #1; str r4, [r0]; bx lr} with a probe on the first. */
  private final class Probed implements AutoCloseable {
    private final int mark;
    private final EmulatedTarget target;
    private final Oracle oracle;
    private final long slot;

    Probed(int mark) {
      this.mark = mark;
      target = withArmCode(mark == 0 ? "014094e2 004080e5 1eff2fe1" : "0134 0460 7047");
      target.map(AddressRange.ofLength(DATA, 4096), Protection.READ_WRITE);
      oracle = Oracle.on(target);
      slot = target.text().allocate(32, nearCode()).orElseThrow();
      // adds r4, r4, #1; nop
      target.text().write(slot, bytes(mark == 0 ? "014094e2 00f020e3" : "0134 00bf"));
      target.text().synchronizeCpus();
    }

    Observation observeUnprobed() {
      return oracle.observePath(this::call, 1, ScriptedCpu.withoutProbes(), PathMap.identity());
    }

    Comparison compare(Observation unprobed, Consumer<Registers> handler) {
      byte[] original = target.text().readFully(CODE, 4);
      target.text().write(CODE, bytes(mark == 0 ? "f801f0e7" : "18de"));
      target.text().synchronizeCpus();
      cpu.onBreakpoint(
          registers -> {
            handler.accept(registers);
            registers.setProgramCounter(slot);
            return Resume.STEP;
          });
      cpu.onStep(
          registers -> {
            registers.setProgramCounter(CODE + (mark == 0 ? 4 : 2));
            return Resume.CONTINUE;
          });
      PathMap map = pc -> pc == slot ? OptionalLong.of(CODE) : OptionalLong.empty();
      Observation probed = oracle.observePath(this::call, 1, cpu, map);
      target.text().write(CODE, original);
      target.text().synchronizeCpus();
      return oracle.compare(unprobed, probed);
    }

    private void call(Guest guest) {
      guest.call(CODE | mark, DATA);
    }

    @Override
    public void close() {
      target.close();
    }
  }
}
