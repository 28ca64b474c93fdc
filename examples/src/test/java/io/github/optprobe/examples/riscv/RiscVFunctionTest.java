package io.github.optprobe.examples.riscv;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.TrapCounts;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A function that calls itself in two ways, by GNU as: Fibonacci's numbers. */
class RiscVFunctionTest {
  private static final long FIB = RiscVMachine.BASE;
  private static final int WORDS = 18;
  private static final int CALL_BY_RA = 11;

  /** Calls of fib(6), the outermost among them, and what it returns. */
  private static final int CALLS = 25;

  private static final long RESULT = 8;

  /**
   * {@code li t0,2; blt a0,t0,1f; addi sp,sp,-32; sd ra,24(sp); sd s0,16(sp); mv s0,a0; addi
   * a0,s0,-1; jal fib; sd a0,8(sp); addi a0,s0,-2; auipc ra,0; jalr ra,-40(ra); ld t0,8(sp); add
   * a0,a0,t0; ld s0,16(sp); ld ra,24(sp); addi sp,sp,32; 1: ret}.
   */
  private static final int[] RV64 = {
    0x00200293, 0x04554063, 0xfe010113, 0x00113c23, 0x00813823, 0x00050413, 0xfff40513, 0xfe5ff0ef,
    0x00a13423, 0xffe40513, 0x00000097, 0xfd8080e7, 0x00813283, 0x00550533, 0x01013403, 0x01813083,
    0x02010113, 0x00008067
  };

  /** The same with {@code sw} and {@code lw}. */
  private static final int[] RV32 = {
    0x00200293, 0x04554063, 0xfe010113, 0x00112c23, 0x00812823, 0x00050413, 0xfff40513, 0xfe5ff0ef,
    0x00a12423, 0xffe40513, 0x00000097, 0xfd8080e7, 0x00812283, 0x00550533, 0x01012403, 0x01812083,
    0x02010113, 0x00008067
  };

  private static RiscVMachine machine(Xlen xlen) {
    RiscVMachine machine = new RiscVMachine(xlen);
    machine.put(FIB, xlen == Xlen.RV64 ? RV64 : RV32);
    return machine;
  }

  private static Kprobes.Builder registry(RiscVMachine machine) {
    AddressRange body = AddressRange.ofLength(FIB, (long) WORDS * Instruction.BYTES);
    return Kprobes.builder(machine.target.text())
        .architecture(machine.architecture)
        .codeMap(CodeMap.of(new CodeMap.Function("fib", body)));
  }

  @ParameterizedTest
  @EnumSource
  void a_probe_on_each_instruction_changes_nothing(Xlen xlen) {
    for (Tier tier : Tier.values()) {
      try (RiscVMachine machine = machine(xlen);
          Kprobes kprobes = registry(machine).gate(machine.target.gate()).build()) {
        byte[] before = machine.target.readBytes(FIB, WORDS * Instruction.BYTES);
        AtomicInteger hits = new AtomicInteger();
        List<ProbeHandle> probes = new ArrayList<>();
        for (int i = 0; i < WORDS; i++) {
          probes.add(kprobes.register(probe(machine, i, tier, hits)));
        }
        kprobes.runOptimizer();

        long result = machine.target.run(FIB, kprobes.newCpu(machine.target.data()), 6);

        assertThat(result).isEqualTo(RESULT);
        // All 18 in calls that call, 3 in those that do not.
        assertThat(hits).hasValue(12 * WORDS + 13 * 3);
        probes.forEach(ProbeHandle::close);
        kprobes.runOptimizer();
        assertThat(machine.target.readBytes(FIB, before.length)).isEqualTo(before);
      }
    }
  }

  private static Kprobe probe(RiscVMachine machine, int index, Tier tier, AtomicInteger hits) {
    return Kprobe.at(address(machine, index))
        .upTo(tier)
        .onHit(registers -> hits.incrementAndGet())
        .build();
  }

  private static CodeAddress address(RiscVMachine machine, int index) {
    return new CodeAddress(
        FIB + (long) Instruction.BYTES * index, machine.architecture.instructionSet());
  }

  @ParameterizedTest
  @EnumSource
  void all_but_the_call_that_links_its_target_are_optimized_and_cost_no_trap(Xlen xlen) {
    try (RiscVMachine machine = machine(xlen);
        Kprobes kprobes = registry(machine).gate(machine.target.gate()).build()) {
      for (int i = 0; i < WORDS; i++) {
        kprobes.register(probe(machine, i, Tier.OPTIMIZED, new AtomicInteger()));
      }
      kprobes.runOptimizer();

      machine.target.run(FIB, kprobes.newCpu(machine.target.data()), 6);

      for (ProbeHandle probe : kprobes.probes()) {
        boolean links = probe.address().equals(address(machine, CALL_BY_RA));
        assertThat(probe.tier()).contains(links ? Tier.EMULATED : Tier.OPTIMIZED);
        assertThat(probe.whyNotOptimized().map(Refusal::code).orElse("-"))
            .isEqualTo(links ? "RISCV_LINKS_ITS_TARGET" : "-");
      }
      TrapCounts counts = machine.target.counts();
      assertThat(counts.breakpoints()).isEqualTo(12);
      assertThat(counts.gateCalls()).isEqualTo(11 * WORDS + 13 * 3 + WORDS - 12);
    }
  }

  @ParameterizedTest
  @EnumSource
  void it_is_optimized_too_where_calls_may_return_into_buffers(Xlen xlen) {
    try (RiscVMachine machine = machine(xlen);
        Kprobes kprobes =
            registry(machine).gate(machine.target.gate()).returnsIntoBuffers().build()) {
      AtomicInteger hits = new AtomicInteger();
      ProbeHandle probe = kprobes.register(probe(machine, CALL_BY_RA, Tier.OPTIMIZED, hits));
      kprobes.runOptimizer();
      assertThat(probe.tier()).contains(Tier.OPTIMIZED);

      assertThat(machine.target.run(FIB, kprobes.newCpu(machine.target.data()), 6))
          .isEqualTo(RESULT);
      assertThat(hits).hasValue(12);
      assertThat(machine.target.counts().breakpoints()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void returns_are_seen_through_the_gate_and_by_breakpoints(Xlen xlen) {
    for (boolean gate : List.of(true, false)) {
      try (RiscVMachine machine = machine(xlen);
          Kprobes kprobes =
              (gate ? registry(machine).gate(machine.target.gate()) : registry(machine)).build()) {
        List<Long> returned = new ArrayList<>();
        kprobes.register(
            Kretprobe.at(address(machine, 0))
                .maxActive(CALLS)
                .returnHandler((call, registers) -> returned.add(call.returnValue(registers)))
                .build());
        kprobes.runOptimizer();

        long result = machine.target.run(FIB, kprobes.newCpu(machine.target.data()), 6);

        assertThat(result).isEqualTo(RESULT);
        assertThat(returned).hasSize(CALLS).endsWith(RESULT);
        assertThat(machine.target.counts().breakpoints()).isEqualTo(gate ? 0 : 2L * CALLS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_changes_arguments_and_results(Xlen xlen) {
    for (Tier tier : Tier.values()) {
      try (RiscVMachine machine = machine(xlen);
          Kprobes kprobes = registry(machine).gate(machine.target.gate()).build()) {
        AtomicInteger calls = new AtomicInteger();
        kprobes.register(
            Kprobe.at(address(machine, 0))
                .upTo(tier)
                .onHit(
                    registers -> {
                      if (calls.getAndIncrement() == 0) {
                        registers.set("a0", 7);
                      }
                    })
                .build());
        kprobes.runOptimizer();

        assertThat(machine.target.run(FIB, kprobes.newCpu(machine.target.data()), 6)).isEqualTo(13);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_that_takes_over_returns_for_the_function(Xlen xlen) {
    for (Tier tier : Tier.values()) {
      try (RiscVMachine machine = machine(xlen);
          Kprobes kprobes = registry(machine).gate(machine.target.gate()).build()) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        kprobes.register(
            Kprobe.at(address(machine, 0))
                .upTo(tier)
                .preHandler(
                    (probe, registers) -> {
                      registers.set("a0", -1);
                      registers.setProgramCounter(registers.get("ra"));
                      return HandlerOutcome.SKIP;
                    })
                .build());
        kprobes.runOptimizer();

        assertThat(machine.target.run(FIB, cpu, 6)).isEqualTo(xlen.unsigned(-1));
        assertThat(machine.target.registers().stackPointer())
            .isEqualTo(EmulatedTarget.STACK_END - 4096);
      }
    }
  }
}
