package io.github.optprobe.examples.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import io.github.optprobe.testkit.emulator.Snapshot;
import io.github.optprobe.testkit.emulator.Trace;
import io.github.optprobe.testkit.execute.Protection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The emulated target, told of RISC-V by the module's own profile. Words by GNU as. */
class RiscVTargetTest {
  private static final long BASE = RiscVMachine.BASE;
  private static final int ADDI = 0x0015_0513; // addi a0,a0,1

  private static Cpu cpu(RiscVMachine machine, Kprobes kprobes) {
    return kprobes.newCpu(machine.target.data());
  }

  @Test
  void the_module_is_found_as_a_service() {
    assertThat(Architectures.named("rv32i")).isInstanceOf(Rv32I.class);
    assertThat(Architectures.named("rv64i")).isInstanceOf(Rv64I.class);
  }

  @ParameterizedTest
  @EnumSource
  void arguments_come_in_registers_and_on_the_stack(Xlen xlen) {
    try (RiscVMachine machine = new RiscVMachine(xlen);
        Kprobes none = machine.registry()) {
      // ld/lw a1, one word above sp; sub a0,a1,a0; ret
      int load = xlen == Xlen.RV64 ? 0x0081_3583 : 0x0041_2583;
      machine.put(BASE, load, 0x40a5_8533, RiscVMachine.RETURN);

      long result = machine.target.run(BASE, cpu(machine, none), 3, 0, 0, 0, 0, 0, 0, 0, 5, 9);

      assertThat(result).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void host_functions_are_called_and_call_back(Xlen xlen) {
    try (RiscVMachine machine = new RiscVMachine(xlen);
        Kprobes none = machine.registry()) {
      machine.put(BASE, ADDI, RiscVMachine.RETURN);
      long host = machine.target.addHostFunction(call -> call.callBack(BASE, call.argument(0)) * 2);
      // addi sp,sp,-16; sd/sw ra,8(sp); jalr ra,0(a1); ld/lw ra,8(sp); addi sp,sp,16; ret
      boolean wide = xlen == Xlen.RV64;
      machine.put(
          BASE + 8,
          0xff01_0113,
          wide ? 0x0011_3423 : 0x0011_2423,
          0x0005_80e7,
          wide ? 0x0081_3083 : 0x0081_2083,
          0x0101_0113,
          RiscVMachine.RETURN);

      assertThat(machine.target.run(BASE + 8, cpu(machine, none), 20, host)).isEqualTo(42);
    }
  }

  @ParameterizedTest
  @EnumSource
  void faults_say_what_and_where(Xlen xlen) {
    try (RiscVMachine machine = new RiscVMachine(xlen);
        Kprobes none = machine.registry()) {
      assertThat(fault(machine, none, 0x7000_2503)).isEqualTo("UNMAPPED at 300008: 700"); // lw
      assertThat(fault(machine, none, 0x70a0_2023)).isEqualTo("UNMAPPED at 300008: 700"); // sw
      assertThat(fault(machine, none, 0x7000_0067)).isEqualTo("UNMAPPED at 700: 700"); // jalr
      assertThat(fault(machine, none, 0x0000_0073))
          .isEqualTo("SYSTEM_CALL at 300008: 300008"); // ecall
      assertThat(fault(machine, none, 0xffff_ffff))
          .isEqualTo("INVALID_INSTRUCTION at 300008: 300008");
      assertThat(fault(machine, none, 0x1050_0073)).isEqualTo("HALTED at 30000c: 30000c"); // wfi
    }
  }

  private static String fault(RiscVMachine machine, Kprobes kprobes, int word) {
    machine.put(BASE, ADDI, ADDI, word, RiscVMachine.RETURN);
    String[] seen = new String[1];
    assertThatExceptionOfType(GuestFaultException.class)
        .isThrownBy(() -> machine.target.run(BASE, cpu(machine, kprobes)))
        .satisfies(
            fault -> seen[0] = "%s at %x: %x".formatted(fault.kind(), fault.pc(), fault.address()));
    return seen[0];
  }

  @Test
  void a_fault_handler_skips_the_instruction_in_each_tier() {
    for (Tier tier : new Tier[] {Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED}) {
      try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
          Kprobes kprobes = machine.registry()) {
        AtomicInteger faults = new AtomicInteger();
        // lw a0,0x700(zero); addi a0,a0,1; ret
        machine.put(BASE, 0x7000_2503, ADDI, RiscVMachine.RETURN);
        kprobes.register(
            Kprobe.at(new CodeAddress(BASE, machine.architecture.instructionSet()))
                .upTo(tier)
                .faultHandler(
                    (probe, registers) -> {
                      faults.incrementAndGet();
                      assertThat(registers.programCounter()).isEqualTo(BASE);
                      registers.setProgramCounter(BASE + 4);
                      return FaultOutcome.HANDLED;
                    })
                .build());
        kprobes.runOptimizer();

        assertThat(machine.target.run(BASE, cpu(machine, kprobes), 6)).isEqualTo(7);
        assertThat(faults).hasValue(1);
      }
    }
  }

  @Test
  void a_breakpoint_that_is_no_probes_is_the_programs_fault() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes none = machine.registry()) {
      assertThat(fault(machine, none, 0x0010_0073))
          .isEqualTo("INVALID_INSTRUCTION at 300008: 300008");
    }
  }

  @Test
  void patched_code_is_noticed_when_the_cpu_is_synchronised() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes none = machine.registry()) {
      machine.put(BASE, ADDI, RiscVMachine.RETURN);
      Cpu cpu = cpu(machine, none);
      assertThat(machine.target.run(BASE, cpu, 1)).isEqualTo(2);

      machine.target.text().write(BASE, Instruction.bytesOf(0x0025_0513)); // addi a0,a0,2
      assertThat(machine.target.run(BASE, cpu, 1)).isEqualTo(2);
      machine.target.text().synchronizeCpus();
      assertThat(machine.target.run(BASE, cpu, 1)).isEqualTo(3);
    }
  }

  @Test
  void registers_are_seeded_traced_and_gone_back_to() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV32);
        Kprobes none = machine.registry()) {
      machine.put(BASE, ADDI, RiscVMachine.RETURN);
      machine.target.seedRegisters(5);
      String before = machine.registers();
      assertThat(machine.target.registers().get("tp")).isEqualTo(EmulatedTarget.THREAD_BASE);
      Snapshot snapshot = machine.target.snapshot();

      try (Trace trace = machine.target.trace()) {
        machine.target.run(BASE, cpu(machine, none), 1);
        assertThat(trace.addresses()).startsWith(BASE, BASE + 4);
      }
      assertThat(machine.registers()).isNotEqualTo(before);
      machine.target.restore(snapshot);
      assertThat(machine.registers()).isEqualTo(before);
    }
  }

  @Test
  void a_run_that_takes_too_long_is_ended() {
    RiscV architecture = new Rv64I();
    try (EmulatedTarget target =
            EmulatedTarget.builder(architecture).timeLimit(Duration.ofMillis(100)).build();
        Kprobes none =
            Kprobes.builder(target.text()).architecture(architecture).trustBoundaries().build()) {
      byte[] loop = Instruction.bytesOf(0x0000_006f); // j .
      target.map(BASE, loop, Protection.READ_EXECUTE);

      assertThatExceptionOfType(GuestFaultException.class)
          .isThrownBy(() -> target.run(BASE, none.newCpu(target.data())))
          .satisfies(
              fault -> assertThat(fault.kind()).isEqualTo(GuestFaultException.Kind.TIME_LIMIT));
    }
  }
}
