package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Far forms borrow registers and stack: a fault is seen with all of them given back. */
class FarFaultTest {
  /**
   * Bytes by GNU as and ld, n = 0x500000, which is not mapped. No vector instruction: the emulator
   * reports their faults at an instruction in front of them.
   */
  static Stream<Arguments> instructionsAndTiers() {
    return Stream.of(
            "add rbx, [rip+n] | 48031df9ff0f00",
            "mov rax, [rip+n] | 488b05f9ff0f00",
            "mov [rip+n], r9 | 4c890df9ff0f00",
            "jmp [rip+n] | ff25faff0f00",
            "call [rip+n] | ff15faff0f00")
        .map(line -> line.split(" \\| "))
        .flatMap(
            parts ->
                Stream.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)
                    .map(tier -> Arguments.of(parts[0], parts[1], tier)));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("instructionsAndTiers")
  void a_fault_shows_the_registers_of_the_original(String assembly, String hex, Tier tier) {
    // Behind it: nops, and a return.
    Snippet snippet = new Snippet("faulting", assembly, hex + "90".repeat(12) + "c3");
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry(Scarce.farOnly(machine.target.text())).build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      String unprobed = registersAtTheFault(machine, cpu);
      List<Long> seen = new ArrayList<>();
      ProbeHandle probe =
          kprobes.register(
              Kprobe.at(X86_64.at(Snippet.BASE))
                  .upTo(tier)
                  .faultHandler(
                      (kprobe, registers) -> {
                        seen.add(registers.stackPointer());
                        return FaultOutcome.DELIVER;
                      })
                  .build());
      kprobes.runOptimizer();
      // A jump or call that the window goes on behind is not optimized.
      boolean flows = hex.startsWith("ff");
      assertThat(probe.tier()).contains(flows && tier == Tier.OPTIMIZED ? Tier.BOOSTED : tier);

      assertThat(registersAtTheFault(machine, cpu)).isEqualTo(unprobed);
      assertThat(seen).hasSize(1);
      assertThat(unprobed).contains("rsp=%x".formatted(seen.get(0)));
    }
  }

  private static String registersAtTheFault(SnippetMachine machine, Cpu cpu) {
    machine.target.seedRegisters(7);
    assertThatExceptionOfType(GuestFaultException.class)
        .isThrownBy(() -> machine.target.run(Snippet.BASE, cpu))
        .satisfies(fault -> assertThat(fault.pc()).isEqualTo(Snippet.BASE));
    StringBuilder all = new StringBuilder();
    for (String name : machine.target.registers().file().names()) {
      all.append(name).append("=%x ".formatted(machine.target.registers().get(name)));
    }
    return all.toString();
  }
}
