package io.github.optprobe.x86.emulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.TextException;
import io.github.optprobe.x86.Privilege;
import io.github.optprobe.x86.decode.MachineMode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of emulated instruction, in both modes, against the emulator Unicorn that executes it:
 * all registers, flags and memory are compared. Unicorn runs at the privilege of a kernel.
 */
@Tag("corpus")
class EmulationDifferentialTest {
  private static final int STATES = 100;
  private static final long ALWAYS_SET = 2;
  private static final long[] STATUS_BITS = {
    Flags.CARRY, Flags.PARITY, Flags.ZERO, Flags.SIGN, Flags.OVERFLOW
  };
  private static final byte BREAKPOINT = (byte) 0xCC;

  private final Arena code = Arena.ofCode(StartStates.CODE, StartStates.CODE_BYTES);
  private final List<Arena> arenas =
      Stream.of(StartStates.LOW, StartStates.DATA, StartStates.STACK)
          .map(start -> Arena.ofData(start, StartStates.ARENA_BYTES))
          .toList();
  private final List<Arena> all = Stream.concat(Stream.of(code), arenas.stream()).toList();
  private final DataMemory data = Arena.data(all);

  static Stream<Form> forms() {
    return Form.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forms")
  void its_effect_is_that_of_the_instruction(Form form) {
    Emulation emulation = new Emulator(Privilege.KERNEL).emulationOf(form.decoded()).orElseThrow();
    StartStates states = new StartStates(form);
    byte[] memory = states.memory();
    Map<BareCpu.End, Integer> ends = new EnumMap<>(BareCpu.End.class);
    try (BareCpu cpu = new BareCpu(form.mode())) {
      writeCode(form);
      all.forEach(cpu::map);
      for (int i = 0; i < STATES; i++) {
        PlainRegisters start = states.next();
        BareCpu.End end = compare(form, cpu, emulation, start, memory);
        ends.merge(end, 1, Integer::sum);
      }
    }
    // It must not have faulted all the time, or both were right about nothing.
    int done = STATES - ends.getOrDefault(BareCpu.End.FAULT, 0);
    assertThat(done).as("%s", ends).isGreaterThan(2);
  }

  /** All conditions with all sets of the flags that they look at. */
  @ParameterizedTest
  @EnumSource
  void every_condition_agrees_on_all_flags(MachineMode mode) {
    List<Form> conditional =
        forms().filter(each -> each.mode() == mode && each.name().matches("j.*_short_.*")).toList();
    assertThat(conditional).as("and jmp").hasSize(2 * 16 + 2);
    for (Form form : conditional) {
      Emulation emulation = new Emulator(Privilege.USER).emulationOf(form.decoded()).orElseThrow();
      StartStates states = new StartStates(form);
      try (BareCpu cpu = new BareCpu(mode)) {
        writeCode(form);
        all.forEach(cpu::map);
        for (int set = 0; set < 1 << STATUS_BITS.length; set++) {
          PlainRegisters start = states.next();
          start.setFlags(ALWAYS_SET | statusFlags(set));
          compare(form, cpu, emulation, start, states.memory());
        }
      }
    }
  }

  private static long statusFlags(int set) {
    long flags = 0;
    for (int i = 0; i < STATUS_BITS.length; i++) {
      flags |= (set >> i & 1) == 0 ? 0 : STATUS_BITS[i];
    }
    return flags;
  }

  private void writeCode(Form form) {
    byte[] bytes = new byte[StartStates.CODE_BYTES];
    Arrays.fill(bytes, BREAKPOINT);
    byte[] instruction = form.code();
    int offset = (int) (Form.ADDRESS - StartStates.CODE);
    System.arraycopy(instruction, 0, bytes, offset, instruction.length);
    code.setContent(bytes);
  }

  private BareCpu.End compare(
      Form form, BareCpu cpu, Emulation emulation, PlainRegisters start, byte[] memory) {
    reset(memory, form, start);
    PlainRegisters executed = start.copy();
    BareCpu.End end = cpu.run(executed);
    List<byte[]> executedMemory = contents();

    reset(memory, form, start);
    PlainRegisters emulated = start.copy();
    boolean faulted = faults(form, emulation, emulated);

    Supplier<String> what =
        () -> "%s%n%s from%n%s%n%s".formatted(form, form.assembly(), start, end);
    assertThat(faulted).as(what).isEqualTo(end == BareCpu.End.FAULT);
    if (faulted && form.isString()) {
      // The emulator leaves flags of elements that it has compared; the processor does not.
      assertThat(emulated.flags()).as(what).isEqualTo(start.flags());
      executed.setFlags(start.flags());
    }
    assertThat(emulated).as(what).isEqualTo(executed);
    for (int i = 0; i < arenas.size(); i++) {
      boolean same = Arrays.equals(arenas.get(i).content(), executedMemory.get(i));
      assertThat(same).as(what).isTrue();
    }
    return end;
  }

  private boolean faults(Form form, Emulation emulation, PlainRegisters registers) {
    try {
      emulation.run(Form.ADDRESS + form.code().length, registers, data);
      return false;
    } catch (TextException fault) {
      return true;
    }
  }

  private void reset(byte[] memory, Form form, PlainRegisters start) {
    arenas.forEach(each -> each.setContent(memory));
    if (form.name().startsWith("popf")) {
      writeFlags(start);
    }
  }

  /** An image of flags on the stack, without the trap flag: that would trap in the emulator. */
  private void writeFlags(PlainRegisters start) {
    long image = Arrays.hashCode(start.values()) * 0x9E37_79B9_7F4A_7C15L;
    long top = start.stackPointer();
    if (top <= arenas.get(2).end() - Long.BYTES) {
      data.store(top, Long.BYTES, image & ~Flags.TRAP);
    }
  }

  private List<byte[]> contents() {
    return arenas.stream().map(Arena::content).toList();
  }
}
