package io.github.optprobe.testkit.oracle;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.bytes;
import static io.github.optprobe.testkit.emulator.Targets.nearCode;
import static io.github.optprobe.testkit.emulator.Targets.withCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.ScriptedCpu;
import io.github.optprobe.testkit.emulator.Trace;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A probe is faked: a breakpoint over the first instruction, {@code inc rbx}, and a copy of it. */
final class OracleTest {
  private static final long DATA = 0x3000_0000L;

  /** inc rbx; mov [rdi],rbx; mov rax,rdi; ret. */
  private static final String FUNCTION = "48 ff c3 48 89 1f 48 89 f8 c3";

  private final ScriptedCpu cpu = new ScriptedCpu();
  private EmulatedTarget target;
  private Oracle oracle;
  private long slot;

  @BeforeEach
  void create() {
    target = withCode(FUNCTION);
    target.map(AddressRange.ofLength(DATA, 4096), Protection.READ_WRITE);
    oracle = Oracle.on(target);
    slot = target.text().allocate(32, nearCode()).orElseThrow();
    // inc rbx; jmp back
    target.text().write(slot, bytes("48 ff c3 e9 00 00 00 00"));
    target.data().store(slot + 4, 4, CODE + 3 - (slot + 8));
    target.text().synchronizeCpus();
  }

  @AfterEach
  void close() {
    target.close();
  }

  @Test
  void a_transparent_probe_makes_no_difference() {
    Observation unprobed = observeUnprobed();
    Comparison comparison = oracle.compare(unprobed, observeProbed(registers -> {}));

    assertThat(comparison.isSame()).describedAs(comparison.toString()).isTrue();
    comparison.requireSame("never thrown");
    assertThat(unprobed.path().addresses()).containsExactly(CODE, CODE + 3, CODE + 6, CODE + 9);
  }

  @Test
  void a_register_that_a_handler_changed_shows_with_what_follows_from_it() {
    oracle.names().name("data", AddressRange.ofLength(DATA, 4096));
    Comparison comparison =
        oracle.compare(observeUnprobed(), observeProbed(registers -> registers.set("rbx", 0)));

    assertThat(comparison.differences()).extracting(Difference::what).contains("rbx");
    assertThat(comparison.toString()).contains("memory data+0x0").doesNotContain("rcx");
    assertThatThrownBy(() -> comparison.requireSame("seed 1"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 1");
  }

  @Test
  void a_flag_that_a_handler_changed_shows() {
    target.text().write(slot, bytes("90 90 90"));
    target.text().synchronizeCpus();
    Comparison comparison =
        oracle.compare(
            observeUnprobed(),
            observeProbed(
                registers -> {
                  registers.set("rbx", registers.get("rbx") + 1);
                  registers.set("rflags", registers.get("rflags") ^ 0x40);
                }));

    assertThat(comparison.differences()).extracting(Difference::what).contains("rflags");
  }

  @Test
  void a_vector_register_that_a_handler_changed_shows() {
    Comparison comparison =
        oracle.compare(
            observeUnprobed(),
            observeProbed(registers -> target.setVectorRegister(5, new byte[16])));

    assertThat(comparison.differences()).extracting(Difference::what).containsExactly("vector 5");
  }

  @Test
  void the_dead_stack_is_not_compared() {
    Comparison comparison =
        oracle.compare(
            observeUnprobed(),
            observeProbed(r -> target.data().store(r.stackPointer() - 256, 8, 0x55)));

    assertThat(comparison.isSame()).describedAs(comparison.toString()).isTrue();
  }

  @Test
  void a_missed_instruction_shows_in_the_path() {
    Observation unprobed = observeUnprobed();
    probe();
    cpu.onBreakpoint(
        registers -> {
          registers.set("rbx", registers.get("rbx") + 1);
          registers.setProgramCounter(CODE + 6);
          return Resume.CONTINUE;
        });
    Observation probed = oracle.observePath(this::call, 1, cpu, new FakePathMap());

    assertThat(oracle.compare(unprobed, probed).toString()).contains("path step 1");
  }

  @Test
  void an_instruction_whose_effect_is_computed_counts_once() {
    Observation unprobed = observeUnprobed();
    probe();
    cpu.onBreakpoint(
        registers -> {
          registers.set("rbx", registers.get("rbx") + 1);
          registers.setProgramCounter(CODE + 3);
          return Resume.CONTINUE;
        });
    Observation probed = oracle.observePath(this::call, 1, cpu, new FakePathMap());

    assertThat(probed.path().addresses()).isEqualTo(unprobed.path().addresses());
  }

  @Test
  void a_jump_to_a_copy_counts_once() {
    Observation unprobed = observeUnprobed();
    target.text().write(CODE, bytes("e9 00 00 00 00"));
    target.data().store(CODE + 1, 4, slot - (CODE + 5));
    // The window is inc rbx; mov [rdi],rbx: the copy has both, then jumps back.
    target.text().write(slot, bytes("48 ff c3 48 89 1f e9 00 00 00 00"));
    target.data().store(slot + 7, 4, CODE + 6 - (slot + 11));
    target.text().synchronizeCpus();

    Observation probed = oracle.observePath(this::call, 1, cpu, new FakePathMap());

    assertThat(probed.path().addresses()).isEqualTo(unprobed.path().addresses());
    assertThat(oracle.compare(unprobed, probed).isSame()).isTrue();
  }

  @Test
  void different_seeds_are_different_runs() {
    assertThat(
            oracle
                .compare(oracle.observe(this::call, 1, cpu), oracle.observe(this::call, 2, cpu))
                .isSame())
        .isFalse();
  }

  @Test
  void faults_are_compared() {
    Scenario faulting = guest -> guest.call(CODE, 0x5000);
    Observation observation = oracle.observe(faulting, 1, cpu);

    assertThat(observation.fault()).isEqualTo("UNMAPPED at 0x5000");
    assertThat(oracle.compare(oracle.observe(this::call, 1, cpu), observation).toString())
        .contains("fault");
  }

  @Test
  void executions_are_counted() {
    try (Trace trace = target.trace()) {
      target.run(CODE, cpu, DATA);
      target.run(CODE + 3, cpu, DATA);
      ExecutionCounts counts = ExecutionCounts.of(trace);

      assertThat(counts.count(CODE)).isEqualTo(1);
      assertThat(counts.count(CODE + 3)).isEqualTo(2);
      assertThat(counts.count(CODE + 4)).isZero();
      assertThat(counts.addresses()).contains(CODE, CODE + 9).doesNotHaveDuplicates();
    }
  }

  private void call(Guest guest) {
    guest.call(CODE, DATA);
  }

  private Observation observeUnprobed() {
    return oracle.observePath(this::call, 1, ScriptedCpu.withoutProbes(), PathMap.identity());
  }

  private Observation observeProbed(Consumer<Registers> handler) {
    probe();
    cpu.onBreakpoint(
        registers -> {
          handler.accept(registers);
          registers.setProgramCounter(slot);
          return Resume.CONTINUE;
        });
    return oracle.observePath(this::call, 1, cpu, new FakePathMap());
  }

  private void probe() {
    target.text().write(CODE, bytes("cc"));
    target.text().synchronizeCpus();
  }

  private final class FakePathMap implements PathMap {
    @Override
    public OptionalLong original(long pc) {
      if (pc == slot) {
        return OptionalLong.of(CODE);
      }
      boolean second = pc == slot + 3 && target.data().load(CODE, 1) == 0xe9;
      return second ? OptionalLong.of(CODE + 3) : OptionalLong.empty();
    }

    @Override
    public boolean isPatched(long address) {
      return address == CODE;
    }
  }
}
