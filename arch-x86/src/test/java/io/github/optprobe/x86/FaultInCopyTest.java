package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Resume;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An instruction that faults in its copy has faulted at its own address. */
class FaultInCopyTest {
  /** mov rax, [0x10]; ret, then padding. */
  private static final Snippet SNIPPET =
      new Snippet("load_from_nowhere", "mov rax, [0x10]; ret", "488b042510000000c3");

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
  void the_fault_is_reported_at_the_probed_address(Tier tier) {
    ProbeHandle probe =
        kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).upTo(tier).onHit(r -> {}).build());
    kprobes.runOptimizer();
    assertThat(probe.tier()).contains(tier);

    assertThatExceptionOfType(GuestFaultException.class)
        .isThrownBy(() -> machine.target.run(Snippet.BASE, cpu))
        .satisfies(
            fault -> {
              assertThat(fault.kind()).isEqualTo(GuestFaultException.Kind.UNMAPPED);
              assertThat(fault.pc()).isEqualTo(Snippet.BASE);
              assertThat(fault.address()).isEqualTo(0x10);
            });
    assertThat(probe.hits()).isEqualTo(1);
    assertThat(cpu.stepped(machine.target.registers())).isEqualTo(Resume.NOT_OURS);
  }

  /** Its copy is several instructions; where the first faults, none has changed anything. */
  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_call_through_memory_that_faults_has_pushed_nothing(Tier tier) {
    // call [0x10]; ret
    Snippet call = new Snippet("call_through_nowhere", "call [0x10]; ret", "ff142510000000c3");
    try (SnippetMachine other = new SnippetMachine(call);
        Kprobes probes = other.registry().build()) {
      Cpu its = probes.newCpu(other.target.data());
      long unprobed = stackPointerAtTheFault(other, its);
      ProbeHandle probe =
          probes.register(Kprobe.at(X86_64.at(Snippet.BASE)).upTo(tier).onHit(r -> {}).build());
      probes.runOptimizer();
      assertThat(probe.tier()).contains(tier);

      assertThat(stackPointerAtTheFault(other, its)).isEqualTo(unprobed);
      assertThat(probe.hits()).isEqualTo(1);
    }
  }

  private static long stackPointerAtTheFault(SnippetMachine machine, Cpu cpu) {
    assertThatExceptionOfType(GuestFaultException.class)
        .isThrownBy(() -> machine.target.run(Snippet.BASE, cpu))
        .satisfies(fault -> assertThat(fault.pc()).isEqualTo(Snippet.BASE));
    return machine.target.registers().stackPointer();
  }
}
