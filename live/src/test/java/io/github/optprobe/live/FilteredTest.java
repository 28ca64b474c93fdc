package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.PreHandler;
import io.github.optprobe.live.handler.HandlerCompiler;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FilteredTest {
  private static final Kprobe PROBE = Kprobe.at("here").build();
  private static final Operand RDI = Operand.register("rdi");
  private static final Operand RSI = Operand.register("rsi");

  private final HandlerCompiler compiler = new MachineCompiler();
  private final PreHandler java = new Generated.JavaCount();
  private Cpu cpu;
  private DataBlock mark;
  private Values registers;

  @BeforeEach
  void set_up() {
    NativeCode.assumeItRunsHere();
    cpu = new Cpu();
    mark = DataBlock.allocate(Long.BYTES);
    registers =
        Values.zeros()
            .with("rsp", cpu.stackPointer(new Random(1)))
            .with("rax", 1)
            .with("rflags", Cpu.ALWAYS | Cpu.FLAGS);
  }

  /** Whether code that stands for Java was reached. */
  private boolean reachesJava(long rdi, long rsi, PreHandler... handlers) {
    mark.store(0, 0);
    registers.with("rdi", rdi).with("rsi", rsi);
    cpu.run(registers, List.of(handlers), this::markRax);
    return mark.load(0) != 0;
  }

  /** By GNU as: movabs [mark], rax. */
  private void markRax(CodeBuffer code) {
    code.code(0x48, 0xa3).int64(mark.address());
  }

  @Test
  void only_machine_handlers_are_compilable() {
    Filtered machine = Filtered.when(Condition.below(RDI, 1), Counter.create());
    Filtered filter = Filtered.when(Condition.below(RDI, 1), java);
    assertThat(compiler.isCompilable(java)).isFalse();
    assertThat(compiler.isCompilable(machine)).isTrue();
    assertThat(compiler.isCompilable(filter)).isTrue();
    assertThat(compiler.needsJava(java)).isFalse();
    assertThat(compiler.needsJava(machine)).isFalse();
    assertThat(compiler.needsJava(filter)).isTrue();
    assertThat(compiler.needsJava(Filtered.when(Condition.below(RDI, 1), filter))).isTrue();
    assertThatThrownBy(() -> compiler.emit(new CodeBuffer(0), 0, List.of(filter, java), code -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Java 0");
  }

  @Test
  void no_handler_is_no_code() {
    CodeBuffer code = new CodeBuffer(0);
    compiler.emit(code, 0, List.of(), ignored -> code.code(0x90));
    assertThat(code.size()).isZero();
  }

  @Test
  void java_is_reached_where_the_filter_passes_and_then_counts_itself() {
    Filtered filter = Filtered.when(Condition.equalTo(RDI, 5), java);
    assertThat(reachesJava(5, 0, filter)).isTrue();
    assertThat(filter.hits()).isZero();
    assertThat(reachesJava(4, 0, filter)).isFalse();
    assertThat(filter.rejected()).isEqualTo(1);
    assertThat(filter.handle(PROBE, registers.with("rdi", 5))).isEqualTo(HandlerOutcome.CONTINUE);
    assertThat(filter.passed()).isEqualTo(1);
    assertThat(filter.hits()).isEqualTo(2);
    assertThat(java).hasToString("Java 1");
  }

  @Test
  void it_hands_the_outcome_of_its_delegate_on() {
    Filtered filter =
        Filtered.when(Condition.equalTo(RDI, 5), (probe, values) -> HandlerOutcome.SKIP);
    assertThat(filter.handle(PROBE, registers.with("rdi", 5))).isEqualTo(HandlerOutcome.SKIP);
    assertThat(filter.handle(PROBE, registers.with("rdi", 6))).isEqualTo(HandlerOutcome.CONTINUE);
  }

  @Test
  void of_filters_in_a_row_each_counts_what_it_saw() {
    Filtered inner = Filtered.when(Condition.equalTo(RSI, 7), java);
    Filtered outer = Filtered.when(Condition.equalTo(RDI, 5), inner);
    assertThat(reachesJava(5, 7, outer)).isTrue();
    assertThat(outer.hits() + inner.hits()).isZero();
    assertThat(reachesJava(4, 7, outer)).isFalse();
    assertThat(outer.rejected()).isEqualTo(1);
    assertThat(inner.hits()).isZero();
    assertThat(reachesJava(5, 6, outer)).isFalse();
    assertThat(outer.passed()).isEqualTo(1);
    assertThat(inner.rejected()).isEqualTo(1);
    assertThat(outer.hits() + inner.hits()).isEqualTo(3);
  }

  @Test
  void one_that_passes_leaves_all_handlers_to_java() {
    Filtered inner = Filtered.when(Condition.equalTo(RSI, 7), java);
    Filtered first = Filtered.when(Condition.above(RSI, 3), inner);
    Filtered second = Filtered.when(Condition.equalTo(RDI, 5), java);
    Counter counter = Counter.create();
    assertThat(reachesJava(5, 0, first, counter, second)).isTrue();
    assertThat(reachesJava(0, 7, first, counter, second)).isTrue();
    assertThat(first.hits() + inner.hits() + second.hits() + counter.hits()).isZero();
    assertThat(reachesJava(4, 6, first, counter, second)).isFalse();
    assertThat(first.passed()).isEqualTo(1);
    assertThat(inner.rejected()).isEqualTo(1);
    assertThat(second.rejected()).isEqualTo(1);
    assertThat(counter.sum()).isEqualTo(1);
    assertThat(first.hits() + inner.hits() + second.hits()).isEqualTo(3);
  }

  /** The pointer is null: reading what it points to would end this process. */
  @Test
  void what_comes_first_guards_what_comes_behind() {
    Condition guarded =
        Condition.notEqualTo(RDI, 0).and(Condition.equalTo(Operand.memory("rdi", 0, 4), 9));
    Filtered filter = Filtered.when(guarded, Counter.create());
    DataBlock pointed = DataBlock.allocate(8);
    pointed.store(0, 9);
    cpu.run(registers.with("rdi", 0), List.of(filter), code -> {});
    filter.handle(PROBE, registers);
    assertThat(filter.rejected()).isEqualTo(2);
    cpu.run(registers.with("rdi", pointed.address()), List.of(filter), code -> {});
    filter.handle(PROBE, registers);
    assertThat(filter.passed()).isEqualTo(2);
    assertThat(filter).hasToString("Filtered[rdi != 0x0 and 4 bytes at rdi+0 = 0x9: Counter[2]]");
  }

  @Test
  void operands_are_checked() {
    assertThatThrownBy(() -> Operand.register("eax")).hasMessage("x86-64 has no register eax");
    assertThatThrownBy(() -> Operand.memory("rflags", 0, 8)).hasMessage("rflags points nowhere");
    assertThatThrownBy(() -> Operand.memory("rax", 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1, 2, 4 or 8 bytes can be read, not 3");
    assertThat(Operand.returnAddress()).hasToString("8 bytes at rsp+0");
  }
}
