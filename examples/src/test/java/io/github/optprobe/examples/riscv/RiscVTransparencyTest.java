package io.github.optprobe.examples.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.examples.riscv.Vectors.Vector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row of the table, executed as it is and probed in each tier: the same is seen. */
class RiscVTransparencyTest {
  private static final int SEEDS = 4;

  /** The counters, which tell how long something took. */
  private static final int FIRST_COUNTER = 0xc00;

  @ParameterizedTest
  @EnumSource
  void a_probed_instruction_does_what_the_original_does(Xlen xlen) {
    Map<Tier, Integer> executed = new EnumMap<>(Tier.class);
    List<String> refused = new ArrayList<>();
    try (RiscVMachine machine = new RiscVMachine(xlen);
        Kprobes kprobes = machine.registry()) {
      for (Vector vector : Vectors.of(xlen)) {
        Instruction it = decoded(xlen, vector);
        if (isRefused(it)) {
          refused.add(refusalOf(machine, kprobes, it).code());
        } else if (isRepeatable(it)) {
          compare(machine, kprobes, it, executed);
        }
      }
      assertThat(machine.target.synchronizations()).isPositive();
    }
    assertThat(refused)
        .containsOnly("RISCV_SYSTEM_CALL", "FOREIGN_BREAKPOINT", "RISCV_RESERVATION")
        .hasSize(xlen == Xlen.RV64 ? 18 : 10);
    assertThat(executed.keySet()).containsExactly(Tier.values());
  }

  private static Instruction decoded(Xlen xlen, Vector vector) {
    return Instruction.decode(xlen, vector.address(), vector.word()).orElseThrow();
  }

  private static boolean isRefused(Instruction it) {
    return switch (it.opcode()) {
      case ECALL, EBREAK, LR_W, LR_D, SC_W, SC_D -> true;
      default -> false;
    };
  }

  /** Ends, and does the same again. */
  private static boolean isRepeatable(Instruction it) {
    Format format = it.opcode().format();
    boolean counts =
        (format == Format.CSR || format == Format.CSR_IMMEDIATE)
            && it.word() >>> 20 >= FIRST_COUNTER;
    boolean loops = (it.isBranch() || it.opcode() == Opcode.JAL) && it.target() == it.address();
    return !counts && !loops;
  }

  private static Refusal refusalOf(RiscVMachine machine, Kprobes kprobes, Instruction it) {
    machine.put(it.address(), it.word());
    Refusal[] refusal = new Refusal[1];
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> kprobes.register(Kprobe.at(at(machine, it)).build()))
        .satisfies(thrown -> refusal[0] = thrown.refusal());
    assertThat(machine.target.readBytes(it.address(), Instruction.BYTES)).isEqualTo(it.bytes());
    machine.put(it.address(), RiscVMachine.NONE);
    return refusal[0];
  }

  private static CodeAddress at(RiscVMachine machine, Instruction it) {
    return new CodeAddress(it.address(), machine.architecture.instructionSet());
  }

  private static void compare(
      RiscVMachine machine, Kprobes kprobes, Instruction it, Map<Tier, Integer> executed) {
    Cpu cpu = kprobes.newCpu(machine.target.data());
    machine.put(it.address(), it.word());
    List<String> unprobed = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      unprobed.add(machine.outcome(it.address(), cpu, seed));
    }
    for (Tier tier : Tier.values()) {
      AtomicInteger hits = new AtomicInteger();
      try (ProbeHandle probe = kprobes.register(probe(machine, it, tier, hits))) {
        kprobes.runOptimizer();
        Tier actual = probe.tier().orElseThrow();
        for (int seed = 0; seed < SEEDS; seed++) {
          String context = "%s %s seed %d".formatted(it.line().text(), actual, seed);
          assertThat(machine.outcome(it.address(), cpu, seed))
              .as(context)
              .isEqualTo(unprobed.get(seed));
          assertThat(hits.get()).as(context).isEqualTo(seed + 1);
        }
        assertThat(actual)
            .as("%s %s", it.line().text(), probe.whyNotOptimized())
            .isEqualTo(expected(it, tier));
        executed.merge(actual, 1, Integer::sum);
      }
      kprobes.runOptimizer();
      assertThat(machine.target.readBytes(it.address(), Instruction.BYTES)).isEqualTo(it.bytes());
    }
    machine.put(it.address(), RiscVMachine.NONE);
  }

  private static Kprobe probe(RiscVMachine machine, Instruction it, Tier tier, AtomicInteger hits) {
    Kprobe.Builder probe =
        Kprobe.at(at(machine, it)).upTo(tier).onHit(registers -> hits.incrementAndGet());
    return tier == Tier.EMULATED
        ? probe.postHandler((kprobe, registers) -> {}).build()
        : probe.build();
  }

  /** What a ceiling leads to: the cheapest tier at or below it that the instruction has. */
  private static Tier expected(Instruction it, Tier ceiling) {
    boolean emulated = it.isTransfer() || it.opcode() == Opcode.LUI || it.opcode() == Opcode.AUIPC;
    boolean copied = Relocation.isPossible(it) && !isBelowZero(it);
    Tier trapping = emulated ? Tier.EMULATED : Tier.SINGLE_STEP;
    return switch (ceiling) {
      case SINGLE_STEP -> it.isTransfer() ? Tier.EMULATED : Tier.SINGLE_STEP;
      case BOOSTED -> copied ? Tier.BOOSTED : expected(it, Tier.SINGLE_STEP);
      case EMULATED -> trapping;
      case OPTIMIZED -> copied ? Tier.OPTIMIZED : Tier.EMULATED;
    };
  }

  /** An address computed around the end of the address space, where no copy is taken to reach. */
  private static boolean isBelowZero(Instruction it) {
    return it.opcode() == Opcode.AUIPC && it.rd() != 0 && it.target() < 0;
  }
}
