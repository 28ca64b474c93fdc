package io.github.optprobe.examples.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is refused, and what is offered where memory is scarce. */
class RiscVRefusalTest {
  private static final long BASE = RiscVMachine.BASE;

  /** By GNU as: {@code lr.w t0,(a0)}, {@code sc.w t1,t0,(a0)}, {@code addi a0,a0,1}. */
  private static final int LR = 0x1005_22af;

  private static final int SC = 0x1855_232f;
  private static final int ADDI = 0x0015_0513;

  private static String refusalAt(RiscVMachine machine, Kprobes kprobes, long address) {
    Refusal[] refusal = new Refusal[1];
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> kprobes.register(Kprobe.at(at(machine, address)).build()))
        .satisfies(thrown -> refusal[0] = thrown.refusal());
    return refusal[0].code();
  }

  private static CodeAddress at(RiscVMachine machine, long address) {
    return new CodeAddress(address, machine.architecture.instructionSet());
  }

  @Test
  void nothing_is_probed_between_lr_and_sc() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes kprobes = machine.registry()) {
      machine.put(BASE, ADDI, LR, ADDI, ADDI, SC, ADDI);

      for (int i = 1; i <= 4; i++) {
        assertThat(refusalAt(machine, kprobes, BASE + 4L * i)).isEqualTo("RISCV_RESERVATION");
      }
      kprobes.register(Kprobe.at(at(machine, BASE)).build()).close();
      kprobes.register(Kprobe.at(at(machine, BASE + 20)).build()).close();
    }
  }

  @Test
  void a_reservation_ends_where_no_loop_reaches() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes kprobes = machine.registry()) {
      int[] words = new int[20];
      Arrays.fill(words, ADDI);
      words[0] = LR;
      machine.put(BASE, words);

      assertThat(refusalAt(machine, kprobes, BASE + 15 * 4)).isEqualTo("RISCV_RESERVATION");
      kprobes.register(Kprobe.at(at(machine, BASE + 16 * 4)).build()).close();
    }
  }

  @Test
  void what_does_not_decode_says_so() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes kprobes = machine.registryBuilder().trustBoundaries().build()) {
      assertThat(refusalAt(machine, kprobes, BASE)).isEqualTo("UNDECODABLE");
      assertThat(refusalAt(machine, kprobes, BASE + 2)).isEqualTo("MISALIGNED");
      assertThat(refusalAt(machine, kprobes, 0x1000)).isEqualTo("UNMAPPED");
    }
  }

  @Test
  void text_that_ends_in_an_instruction_is_truncated() {
    RiscV architecture = new Rv64I();
    byte[] half = {0x13, 0x05};
    Preparation preparation =
        new Preparation(
            new CodeAddress(0, architecture.instructionSet()),
            (address, into, offset, length) -> {
              int count = (int) Math.max(0, Math.min(length, 2 - address));
              System.arraycopy(half, 0, into, offset, count);
              return count;
            },
            (bytes, within) -> Optional.empty());

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> architecture.prepare(preparation))
        .satisfies(thrown -> assertThat(thrown.refusal().code()).isEqualTo("TRUNCATED"));
  }

  /** Only far away is memory free. */
  private static final class FarOnly extends ForwardingText {
    private static final AddressRange FAR = AddressRange.ofLength(0x4000_0000L, 1 << 20);

    FarOnly(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      return within
          .intersect(FAR)
          .map(part -> super.allocate(bytes, part))
          .orElse(OptionalLong.empty());
    }
  }

  @Test
  void without_memory_in_reach_an_instruction_is_stepped_and_a_branch_emulated() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes kprobes =
            Kprobes.builder(new FarOnly(machine.target.text()))
                .architecture(machine.architecture)
                .codeMap(RiscVMachine::wordAt)
                .gate(machine.target.gate())
                .build()) {
      int branch = 0x00b5_0463; // beq a0,a1,.+8
      machine.put(BASE, ADDI, branch, RiscVMachine.RETURN, RiscVMachine.RETURN);
      ProbeHandle plain = kprobes.register(Kprobe.at(at(machine, BASE)).build());
      ProbeHandle branching = kprobes.register(Kprobe.at(at(machine, BASE + 4)).build());
      kprobes.runOptimizer();

      assertThat(plain.tier()).contains(Tier.SINGLE_STEP);
      assertThat(branching.tier()).contains(Tier.EMULATED);
      assertThat(plain.whyNotOptimized().map(Refusal::code)).contains("NO_MEMORY_IN_REACH");
      assertThat(machine.target.run(BASE, kprobes.newCpu(machine.target.data()), 5, 6))
          .isEqualTo(6);
      assertThat(machine.target.counts().breakpoints()).isEqualTo(2);
    }
  }

  @Test
  void without_any_memory_nothing_is_probed() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV32);
        Kprobes kprobes =
            Kprobes.builder(
                    new ForwardingText(machine.target.text()) {
                      @Override
                      public OptionalLong allocate(int bytes, AddressRange within) {
                        return OptionalLong.empty();
                      }
                    })
                .architecture(machine.architecture)
                .codeMap(RiscVMachine::wordAt)
                .build()) {
      machine.put(BASE, ADDI);

      assertThat(refusalAt(machine, kprobes, BASE)).isEqualTo("NO_MEMORY_IN_REACH");
    }
  }

  @Test
  void an_address_beyond_the_end_of_the_address_space_is_out_of_reach() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes kprobes = machine.registry()) {
      machine.put(BASE, 0x8000_00b7); // lui ra,0x80000: no matter where it stands
      ProbeHandle lui = kprobes.register(Kprobe.at(at(machine, BASE)).build());
      machine.put(BASE + 4, 0x8000_0097); // auipc ra,0x80000
      ProbeHandle auipc = kprobes.register(Kprobe.at(at(machine, BASE + 4)).build());
      kprobes.runOptimizer();

      assertThat(lui.tier()).contains(Tier.OPTIMIZED);
      assertThat(auipc.tier()).contains(Tier.EMULATED);
      assertThat(auipc.whyNotOptimized().map(Refusal::code)).contains("OUT_OF_REACH");
    }
  }

  @Test
  void a_gate_that_changes_floating_point_registers_is_not_called() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes kprobes =
            machine
                .registryBuilder()
                .gate(Gate.at(machine.target.gate()).changingVectorRegisters())
                .build()) {
      machine.put(BASE, ADDI, RiscVMachine.RETURN);
      ProbeHandle probe = kprobes.register(Kprobe.at(at(machine, BASE)).build());
      kprobes.runOptimizer();

      assertThat(probe.whyNotOptimized().map(Refusal::code)).contains("RISCV_GATE_CHANGES_MORE");
      assertThat(machine.target.run(BASE, kprobes.newCpu(machine.target.data()), 1)).isEqualTo(2);
    }
  }

  @Test
  void a_full_stack_is_the_fault_of_the_probed_instruction() {
    try (RiscVMachine machine = new RiscVMachine(Xlen.RV64);
        Kprobes kprobes = machine.registry()) {
      machine.target.map(AddressRange.ofLength(0x5000_0000L, 4096), Protection.READ_EXECUTE);
      machine.put(BASE, 0x5000_0137, ADDI, RiscVMachine.NONE); // lui sp,0x50000
      ProbeHandle probe = kprobes.register(Kprobe.at(at(machine, BASE + 4)).build());
      kprobes.runOptimizer();
      assertThat(probe.tier()).contains(Tier.OPTIMIZED);

      String seen = machine.outcome(BASE, kprobes.newCpu(machine.target.data()), 1);

      assertThat(seen).startsWith("UNMAPPED at pc 300004").contains(" sp=50000000 ");
    }
  }
}
