package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.Cpu;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler sees of x86-32 code and can change; and faults in copies. */
class Handler32Test {
  private static final int DIRECTION_FLAG = 0x400;

  private static final Snippet ADD =
      new Snippet(new X86_32(), "add", "mov eax, 5; add eax, [esp+4]; ret", "b80500000003442404c3");
  private static final Snippet LOAD =
      new Snippet(new X86_32(), "load_from_nowhere", "mov eax, [0x10]; ret", "a110000000c3");
  private static final Snippet CALL =
      new Snippet(new X86_32(), "call_through_nowhere", "call [0x10]; ret", "ff1510000000c3");

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void it_sees_every_register_as_the_instruction_finds_it(Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(ADD)) {
      List<Long> wanted = new ArrayList<>();
      probed(machine, Tier.SINGLE_STEP, r -> wanted.addAll(all(r)), cpu -> machine.run(cpu, 3));
      List<Long> seen = new ArrayList<>();
      probed(machine, tier, r -> seen.addAll(all(r)), cpu -> machine.run(cpu, 3));

      assertThat(seen).isEqualTo(wanted).hasSize(10).allMatch(value -> value >>> 32 == 0);
      assertThat(seen.get(8)).isEqualTo(Snippet.BASE);
      assertThat(seen.get(4)).isEqualTo(machine.target.registers().stackPointer() - 4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void each_register_that_it_changes_takes_effect_in_its_low_32_bits(Tier tier) {
    for (String register : List.of("ecx", "edx", "ebx", "ebp", "esi", "edi")) {
      try (SnippetMachine machine = new SnippetMachine(ADD)) {
        long value = 0x7_8765_4321L;
        probed(machine, tier, r -> r.set(register, value), cpu -> machine.run(cpu, 3));
        assertThat(machine.target.registers().get(register)).isEqualTo(0x8765_4321L);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_changed_stack_pointer_takes_effect_without_skipping(Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(ADD)) {
      // A second return address below the first one, and another argument.
      Consumer<Registers> handler =
          registers -> {
            long stack = registers.stackPointer();
            long back = machine.target.data().load(stack, 4);
            machine.target.data().store(stack - 512, 4, back);
            machine.target.data().store(stack - 508, 4, 30);
            registers.set("esp", stack - 512);
          };
      probed(
          machine,
          tier,
          handler,
          cpu -> assertThat(machine.target.run(Snippet.BASE, cpu, 1)).isEqualTo(35));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void skipping_goes_on_where_the_handler_says(Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(ADD);
        Kprobes kprobes = machine.registry().build()) {
      ProbeHandle handle =
          kprobes.register(
              Kprobe.at(X86_32.at(Snippet.BASE))
                  .upTo(tier)
                  .preHandler((kprobe, registers) -> returnAtOnce(machine, registers))
                  .build());
      kprobes.runOptimizer();
      assertThat(handle.tier()).contains(tier);
      Cpu cpu = kprobes.newCpu(machine.target.data());
      assertThat(machine.target.run(Snippet.BASE, cpu, 1)).isEqualTo(77);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_fault_in_a_copy_is_reported_at_the_probed_address(Tier tier) {
    for (Snippet snippet : List.of(LOAD, CALL)) {
      try (SnippetMachine machine = new SnippetMachine(snippet)) {
        List<Long> stacks = new ArrayList<>();
        probed(machine, tier, r -> stacks.add(r.stackPointer()), cpu -> assertFault(machine, cpu));
        assertThat(machine.target.registers().stackPointer())
            .as("nothing was pushed")
            .isEqualTo(stacks.get(0));
      }
    }
  }

  /** The gate finds what a cdecl function finds, and may change what such a function may. */
  @Test
  void the_gate_is_called_as_a_c_function_is() {
    try (SnippetMachine machine = new SnippetMachine(ADD)) {
      String unprobed = machine.run(withoutProbes(machine), 3);
      List<String> states = new ArrayList<>();
      Registers atGate = machine.target.registers();
      Consumer<Registers> handler =
          registers -> {
            long stack = atGate.stackPointer();
            assertThat((stack + 4) % 16).as("alignment at the call").isZero();
            assertThat(machine.target.data().load(stack + 4, 4)).isEqualTo(Snippet.BASE);
            assertThat(machine.target.data().load(stack + 8, 4)).isEqualTo(atGate.get("edx"));
            assertThat(atGate.get("eflags") & DIRECTION_FLAG).isZero();
            for (String clobbered : List.of("eax", "ecx", "edx")) {
              atGate.set(clobbered, 0xDEAD_BEEFL);
            }
          };
      probed(machine, Tier.OPTIMIZED, handler, cpu -> states.add(machine.run(cpu, 3)));
      assertThat(states).containsExactly(unprobed);
    }
  }

  private static Cpu withoutProbes(SnippetMachine machine) {
    try (Kprobes none = machine.registry().build()) {
      return none.newCpu(machine.target.data());
    }
  }

  private static void assertFault(SnippetMachine machine, Cpu cpu) {
    assertThatExceptionOfType(GuestFaultException.class)
        .isThrownBy(() -> machine.target.run(Snippet.BASE, cpu))
        .satisfies(
            fault -> {
              assertThat(fault.kind()).isEqualTo(GuestFaultException.Kind.UNMAPPED);
              assertThat(fault.pc()).isEqualTo(Snippet.BASE);
              assertThat(fault.address()).isEqualTo(0x10);
            });
  }

  /** Does something while the first instruction has a probe in a tier. */
  private static void probed(
      SnippetMachine machine, Tier tier, Consumer<Registers> handler, Consumer<Cpu> action) {
    try (Kprobes kprobes = machine.registry().build()) {
      ProbeHandle probe =
          kprobes.register(Kprobe.at(X86_32.at(Snippet.BASE)).upTo(tier).onHit(handler).build());
      kprobes.runOptimizer();
      assertThat(probe.tier()).contains(tier);
      action.accept(kprobes.newCpu(machine.target.data()));
      assertThat(probe.hits()).isEqualTo(1);
    }
  }

  private static HandlerOutcome returnAtOnce(SnippetMachine machine, Registers registers) {
    long stack = registers.stackPointer();
    registers.set("eax", 77);
    registers.setProgramCounter(machine.target.data().load(stack, 4));
    registers.set("esp", stack + 4);
    return HandlerOutcome.SKIP;
  }

  private static List<Long> all(Registers registers) {
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < registers.file().size(); i++) {
      values.add(registers.get(i));
    }
    return values;
  }
}
