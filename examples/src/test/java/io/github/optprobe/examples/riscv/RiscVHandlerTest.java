package io.github.optprobe.examples.riscv;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers see every register as the program left it, and what they change counts. */
class RiscVHandlerTest {
  /** {@code auipc zero,0x0}: has all tiers, and does nothing. */
  private static final int NOTHING = 0x0000_0017;

  private static final long BASE = RiscVMachine.BASE;

  @ParameterizedTest
  @EnumSource
  void every_register_is_seen_and_can_be_changed(Xlen xlen) {
    for (Tier tier : Tier.values()) {
      try (RiscVMachine machine = new RiscVMachine(xlen);
          Kprobes kprobes = machine.registry()) {
        machine.put(BASE, NOTHING);
        Cpu cpu = kprobes.newCpu(machine.target.data());
        machine.outcome(BASE, cpu, 1);
        String unprobed = machine.registers();
        List<String> seen = new ArrayList<>();
        Kprobe.Builder probe =
            Kprobe.at(new CodeAddress(BASE, machine.architecture.instructionSet()))
                .upTo(tier)
                .onHit(
                    registers -> {
                      seen.add(all(registers));
                      change(registers);
                    });
        ProbeHandle handle =
            kprobes.register(
                tier == Tier.EMULATED
                    ? probe.postHandler((which, registers) -> {}).build()
                    : probe.build());
        kprobes.runOptimizer();
        assertThat(handle.tier()).contains(tier);

        String ended = machine.outcome(BASE, cpu, 1);

        assertThat(seen).containsExactly(unprobed);
        assertThat(ended).startsWith("INVALID_INSTRUCTION at pc 300004");
        for (int i = 1; i < Register.COUNT; i++) {
          assertThat(machine.target.registers().get(i)).isEqualTo(xlen.unsigned(changed(i)));
        }
      }
    }
  }

  private static String all(Registers registers) {
    StringBuilder all = new StringBuilder();
    for (int i = 1; i < Register.COUNT; i++) {
      all.append(" %s=%x".formatted(Register.name(i), registers.get(i)));
    }
    return all.toString();
  }

  private static void change(Registers registers) {
    for (int i = 1; i < Register.COUNT; i++) {
      registers.set(i, changed(i));
    }
  }

  private static long changed(int register) {
    return 0x8182_8384_8586_8788L * register;
  }
}
