package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler sees and may change is the same in every tier. */
class HandlerTest {
  private static final Snippet SNIPPET = Snippet.named("return_inside_the_window");

  private final SnippetMachine machine = new SnippetMachine(SNIPPET);
  private final Kprobes kprobes = machine.registry().build();
  private final Cpu cpu = kprobes.newCpu(machine.target.data());

  @AfterEach
  void close() {
    kprobes.close();
    machine.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void it_sees_every_register_as_the_instruction_finds_it(Tier tier) {
    List<Long> seen = new ArrayList<>();
    List<Long> wanted = new ArrayList<>();
    probe(tier, registers -> seen.addAll(all(registers)));

    machine.run(cpu, 3);
    // The registers of the same start state, as they are at the function's first instruction.
    try (Kprobes reference = machine.registry().build()) {
      Cpu other = reference.newCpu(machine.target.data());
      kprobes.probes().forEach(ProbeHandle::disable);
      reference.register(
          Kprobe.at(X86_64.at(Snippet.BASE))
              .upTo(Tier.SINGLE_STEP)
              .onHit(registers -> wanted.addAll(all(registers)))
              .build());
      machine.run(other, 3);
    }

    assertThat(seen).isEqualTo(wanted).hasSize(18);
    assertThat(seen.get(16)).isEqualTo(Snippet.BASE);
    assertThat(seen.get(7)).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_changed_register_takes_effect(Tier tier) {
    probe(tier, registers -> registers.set("rdi", 1000));

    assertThat(result()).isEqualTo(1005);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void skipping_goes_on_where_the_handler_says_with_its_stack_pointer(Tier tier) {
    ProbeHandle handle =
        kprobes.register(
            Kprobe.at(X86_64.at(Snippet.BASE))
                .upTo(tier)
                .preHandler((kprobe, registers) -> returnAtOnce(registers))
                .build());
    kprobes.runOptimizer();

    assertThat(handle.tier()).contains(tier);
    assertThat(result()).isEqualTo(77);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_changed_stack_pointer_takes_effect_without_skipping(Tier tier) {
    // A second return address below the first one: the function returns to the same place.
    probe(
        tier,
        registers -> {
          long stack = registers.stackPointer();
          long returnAddress = machine.target.data().load(stack, 8);
          machine.target.data().store(stack - 512, 8, returnAddress);
          registers.set("rsp", stack - 512);
        });

    assertThat(result()).isEqualTo(6);
    assertThat(machine.target.registers().stackPointer() & 0xF).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_hit_inside_a_handler_is_counted_as_missed_and_executes_the_instruction(Tier tier) {
    List<Long> inner = new ArrayList<>();
    ProbeHandle[] handle = new ProbeHandle[1];
    handle[0] =
        kprobes.register(
            Kprobe.at(X86_64.at(Snippet.BASE))
                .upTo(tier)
                .onHit(r -> inner.add(machine.target.run(Snippet.BASE, cpu, 20)))
                .build());
    kprobes.runOptimizer();

    assertThat(result()).isEqualTo(6);
    assertThat(inner).containsExactly(25L);
    assertThat(handle[0].hits()).isEqualTo(1);
    assertThat(handle[0].nmissed()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_handler_may_unregister_its_own_probe(Tier tier) {
    List<ProbeHandle> handles = new ArrayList<>();
    handles.add(
        kprobes.register(
            Kprobe.at(X86_64.at(Snippet.BASE))
                .upTo(tier)
                .onHit(r -> handles.get(0).close())
                .build()));
    kprobes.runOptimizer();

    assertThat(result()).isEqualTo(6);
    assertThat(handles.get(0).isRegistered()).isFalse();
    assertThat(result()).isEqualTo(6);
    assertThat(handles.get(0).hits()).isEqualTo(1);
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
  }

  private void probe(Tier tier, Consumer<Registers> handler) {
    ProbeHandle handle =
        kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).upTo(tier).onHit(handler).build());
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(tier);
  }

  /** mov eax, 5; add eax, edi; ret. */
  private long result() {
    return machine.target.run(Snippet.BASE, cpu, 1);
  }

  private HandlerOutcome returnAtOnce(Registers registers) {
    long stack = registers.stackPointer();
    registers.set("rax", 77);
    registers.setProgramCounter(machine.target.data().load(stack, 8));
    registers.set("rsp", stack + 8);
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
