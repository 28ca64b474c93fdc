package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fault handlers on a CPU that faults: a load from a page that is not mapped. */
class FaultHandlerTest {
  private static final long PAGE = 0x50_0000;

  /** The load is the third instruction, and nothing in front of it ends a run of instructions. */
  private static final Snippet SNIPPET =
      new Snippet(
          "loads",
          "add ecx, 1; lea eax, [rcx+2]; mov rdx, [rdi]; add rax, rdx; add rax, 16; ret",
          "83c1018d4102488b174801d04883c010c3");

  private static final long LEA = Snippet.BASE + 3;
  private static final long LOAD = Snippet.BASE + 6;
  private static final long BEHIND = Snippet.BASE + 9;

  private final SnippetMachine machine = new SnippetMachine(SNIPPET);
  private final Kprobes kprobes = machine.registry().build();
  private final Cpu cpu = kprobes.newCpu(machine.target.data());
  private final List<String> seen = new ArrayList<>();

  @AfterEach
  void close() {
    kprobes.close();
    machine.close();
  }

  private ProbeHandle probe(Tier tier, long address, Consumer<Registers> handling) {
    ProbeHandle handle =
        kprobes.register(
            Kprobe.at(X86_64.at(address))
                .upTo(tier)
                .faultHandler(
                    (kprobe, r) -> {
                      seen.add("%x rcx=%d".formatted(r.programCounter(), r.get("rcx")));
                      handling.accept(r);
                      return FaultOutcome.HANDLED;
                    })
                .build());
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(tier);
    return handle;
  }

  private long run() {
    machine.target.registers().set("rcx", 4);
    machine.target.registers().set("rflags", 0x2);
    return machine.target.run(Snippet.BASE, cpu, PAGE);
  }

  private void mapPage() {
    machine.target.map(AddressRange.ofLength(PAGE, 0x1000), Protection.READ_WRITE);
    machine.target.writeBytes(PAGE, new byte[] {100, 0, 0, 0, 0, 0, 0, 0});
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void handler_that_maps_the_page_has_the_load_run_again(Tier tier) {
    ProbeHandle handle = probe(tier, LOAD, r -> mapPage());

    assertThat(run()).isEqualTo(7 + 100 + 16);
    assertThat(seen).containsExactly("%x rcx=5".formatted(LOAD));
    assertThat(handle.hits()).isEqualTo(2);
    assertThat(run()).as("it is mapped now").isEqualTo(123);
    assertThat(handle.hits()).isEqualTo(3);
    assertThat(machine.target.registers().get("rflags") & 0x100).as("no step pending").isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void handler_that_skips_the_load_says_what_it_loaded(Tier tier) {
    Consumer<Registers> skip =
        r -> {
          r.set("rdx", 1000);
          r.setProgramCounter(BEHIND);
        };
    ProbeHandle handle = probe(tier, LOAD, skip);

    assertThat(run()).isEqualTo(7 + 1000 + 16);
    assertThat(run()).isEqualTo(1023);
    assertThat(handle.hits()).isEqualTo(2);
    assertThat(seen).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void fault_of_another_instruction_asks_no_handler(Tier tier) {
    ProbeHandle handle = probe(tier, LEA, r -> mapPage());

    assertThatExceptionOfType(GuestFaultException.class)
        .isThrownBy(this::run)
        .satisfies(
            fault -> {
              assertThat(fault.address()).isEqualTo(PAGE);
              assertThat(fault.pc()).isEqualTo(LOAD);
            });
    assertThat(seen).isEmpty();
    assertThat(handle.hits()).isEqualTo(1);
    assertThat(machine.target.registers().get("rcx")).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void handler_that_maps_the_page_works_while_tracing_too(Tier tier) {
    ProbeHandle handle = probe(tier, LOAD, r -> mapPage());
    try (var trace = machine.target.trace()) {
      assertThat(run()).isEqualTo(123);
      assertThat(trace.size()).isPositive();
    }
    assertThat(handle.hits()).isEqualTo(2);
  }
}
