package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Kprobe;
import io.github.optprobe.live.handler.HandlerCompiler;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On the CPU: code of handlers leaves all as it was, and sees what the same handlers see in Java.
 */
class MachineCodeTest {
  private static final Kprobe PROBE = Kprobe.at("here").build();
  private final HandlerCompiler compiler = new MachineCompiler();
  private Cpu cpu;
  private DataBlock data;
  private DataBlock mark;

  @BeforeEach
  void set_up() {
    NativeCode.assumeItRunsHere();
    cpu = new Cpu();
    data = DataBlock.allocate(4096);
    mark = DataBlock.allocate(Long.BYTES);
  }

  /** By an interpretation of the same handlers over the same registers, with the seed printed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 20_001, 40_001, 60_001})
  void code_does_what_java_does(long firstSeed) {
    for (long seed = firstSeed; seed < firstSeed + 500; seed++) {
      try {
        compare(seed);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private void compare(long seed) {
    Random random = new Random(seed);
    Situation situation = new Situation(random, data, cpu.stackPointer(random));
    List<MachineHandler> compiled = new Generated(situation, seed).handlers();
    List<MachineHandler> interpreted = new Generated(situation, seed).handlers();
    for (int hit = 0; hit < 3; hit++) {
      situation.again();
      hit(compiled, situation.registers());
      interpreted.forEach(handler -> handler.handle(PROBE, situation.registers()));
    }
    for (int i = 0; i < compiled.size(); i++) {
      assertThat(Generated.seen(compiled.get(i)))
          .as("%s", interpreted.get(i))
          .isEqualTo(Generated.seen(interpreted.get(i)));
    }
  }

  /** As the registry does: where the code goes to Java, all handlers run there. */
  private void hit(List<MachineHandler> handlers, Values registers) {
    long rax = registers.get("rax");
    mark.store(0, ~rax);
    boolean java = handlers.stream().anyMatch(compiler::needsJava);
    cpu.run(registers, handlers, java ? this::markRax : MachineCodeTest::noJava);
    if (mark.load(0) != ~rax) {
      assertThat(mark.load(0)).as("rax when Java begins").isEqualTo(rax);
      handlers.forEach(handler -> handler.handle(PROBE, registers));
    }
  }

  private static void noJava(CodeBuffer code) {
    throw new AssertionError("Java is not needed at 0x%x".formatted(code.address()));
  }

  /** By GNU as: movabs [mark], rax. */
  private void markRax(CodeBuffer code) {
    code.code(0x48, 0xa3).int64(mark.address());
  }

  @Test
  void every_register_is_an_operand() {
    Values registers = Values.zeros();
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      registers.set(i, 0x1111_2222_3333_0000L + i);
      operands.add(Operand.register(Values.FILE.names().get(i)));
    }
    registers.with("rsp", cpu.stackPointer(new Random(1))).with("rip", 0xffff_8000_1234_5678L);
    operands.add(Operand.register("rip"));
    operands.add(Operand.register("rflags"));
    for (int flags : new int[] {0, 1, 4, 0x10, 0x40, 0x80, 0x400, 0x800, Cpu.FLAGS}) {
      registers.with("rflags", Cpu.ALWAYS | flags);
      Recorder recorder = Recorder.of(1, operands.toArray(Operand[]::new));
      cpu.run(registers, List.of(recorder), MachineCodeTest::noJava);
      assertThat(recorder.drain())
          .singleElement()
          .satisfies(sample -> assertThat(sample.values()).isEqualTo(registers.values()));
    }
  }

  @Test
  void every_combination_of_arithmetic_flags_survives() {
    Values registers = Values.zeros().with("rsp", cpu.stackPointer(new Random(1)));
    Counter counter = Counter.create();
    for (int flags = 0; flags < 0x1000; flags++) {
      if ((flags & ~Cpu.FLAGS) == 0) {
        cpu.run(
            registers.with("rflags", Cpu.ALWAYS | flags),
            List.of(counter),
            MachineCodeTest::noJava);
      }
    }
    assertThat(counter.sum()).isEqualTo(1 << Integer.bitCount(Cpu.FLAGS));
  }

  @Test
  void every_bucket_is_found() {
    Histogram histogram = Histogram.of(Operand.register("rax"));
    Values registers = Values.zeros().with("rsp", cpu.stackPointer(new Random(1)));
    cpu.run(registers.with("rflags", Cpu.ALWAYS), List.of(histogram), MachineCodeTest::noJava);
    for (int bit = 0; bit < Long.SIZE; bit++) {
      cpu.run(registers.with("rax", 1L << bit), List.of(histogram), MachineCodeTest::noJava);
      cpu.run(
          registers.with("rax", -1L >>> (Long.SIZE - 1 - bit)),
          List.of(histogram),
          MachineCodeTest::noJava);
    }
    assertThat(histogram.buckets()[0]).isEqualTo(1);
    assertThat(histogram.buckets()).hasSize(65).contains(2, 2);
    assertThat(histogram.count()).isEqualTo(129);
    assertThat(histogram.lines()).hasSize(65);
  }

  @Test
  void a_return_address_is_what_rsp_points_to() {
    Recorder recorder = Recorder.of(2, Operand.returnAddress(), Operand.memory("rsp", 0, 8));
    Values registers =
        Values.zeros().with("rsp", cpu.stackPointer(new Random(1))).with("rflags", Cpu.ALWAYS);
    cpu.run(registers, List.of(recorder), MachineCodeTest::noJava);
    recorder.handle(PROBE, registers);
    List<Sample> samples = recorder.drain();
    assertThat(samples).hasSize(2);
    assertThat(samples.get(0).value(0)).isNotZero().isEqualTo(samples.get(0).value(1));
    assertThat(samples.get(1).values()).isEqualTo(samples.get(0).values());
    assertThat(samples.get(1).thread()).isEqualTo(samples.get(0).thread());
    assertThat(samples.get(1).ticks()).isGreaterThan(samples.get(0).ticks());
  }

  @Test
  void its_length_does_not_depend_on_its_place() {
    List<MachineHandler> handlers =
        List.of(
            Counter.create(),
            Recorder.of(8, Operand.register("rip")),
            Filtered.when(Condition.below(Operand.register("rdi"), 5), new Generated.JavaCount()));
    byte[] low = emitted(0, handlers);
    assertThat(emitted(0x7fff_1234_5678_9abcL, handlers)).hasSameSizeAs(low);
    assertThat(emitted(0, handlers)).isEqualTo(low);
  }

  private byte[] emitted(long start, List<MachineHandler> handlers) {
    CodeBuffer buffer = new CodeBuffer(start);
    compiler.emit(buffer, start, handlers, code -> code.code(0x90));
    return buffer.toBytes();
  }
}
