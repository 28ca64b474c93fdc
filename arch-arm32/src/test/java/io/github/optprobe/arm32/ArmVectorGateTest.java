package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.testkit.execute.Protection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Detour buffers that call machine code: a gate that leaves its own values in every register that
 * it may change, and in all vector registers besides.
 */
class ArmVectorGateTest {
  private static final long GATE = 0x80_0000;
  private static final long SEEN = ArmSnippet.DATA + 0x800;
  private static final int SEEDS = 6;

  /** Counts, stores its arguments and sp behind the counter, and overwrites what it may. */
  private static final String SOURCE =
      """
      fn start
        ldr r12, =0x600800
        ldr r3, [r12]
        add r3, r3, #1
        stm r12, {r3}
        str r0, [r12, #4]
        str r1, [r12, #8]
        str r2, [r12, #12]
        mov r3, sp
        str r3, [r12, #16]
        mov r3, #-1
        bic r3, r3, #0x07000000
        msr apsr_nzcvq, r3
        %s
        ldr r0, =0xf1c00000
        vmsr fpscr, r0
        mov r0, #0x10
        mvn r1, r0
        mvn r2, #0x20
        mvn r3, #0x30
        mvn r12, #0x40
        mov lr, lr
        bx lr
      done start
      """;

  private static String clobbering(VectorRegisters vectors) {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < (vectors == VectorRegisters.D16 ? 16 : 32); i += 2) {
      code.append("vmov.i8 q%d, #0x%x\n".formatted(i / 2, 0x40 + i));
    }
    return code.toString();
  }

  static Stream<Arguments> combinations() {
    return Stream.of(ArmSet.values())
        .flatMap(
            code ->
                Stream.of(ArmSet.values())
                    .flatMap(
                        gate ->
                            Stream.of(VectorRegisters.values())
                                .map(vectors -> Arguments.of(code, gate, vectors))));
  }

  @ParameterizedTest(name = "{0} code, {1} gate, {2}")
  @MethodSource("combinations")
  void a_gate_of_machine_code_leaves_the_program_every_register(
      ArmSet code, ArmSet gate, VectorRegisters vectors) {
    for (String name : List.of("floating_point", "saved_vectors", "shifts", "status")) {
      try (ArmMachine machine = new ArmMachine(ArmSnippet.named(name, code))) {
        long pointer = mapGate(machine, gate, vectors);
        Gate used = Gate.at(pointer).changingVectorRegisters();
        int optimized = 0;
        for (CodeAddress address : machine.snippet.boundaries()) {
          optimized += check(machine, used, address, vectors);
        }
        assertThat(optimized).isPositive();
      }
    }
  }

  /** That it is the buffer which does it: one that saves no vectors does not. */
  @ParameterizedTest
  @EnumSource
  void a_gate_that_wrongly_promises_to_leave_vector_registers_changes_them(ArmSet set) {
    try (ArmMachine machine = new ArmMachine(ArmSnippet.named("shifts", set))) {
      long pointer = mapGate(machine, set, VectorRegisters.D32);
      try (Kprobes kprobes = registry(machine, Gate.at(pointer), VectorRegisters.D32)) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        run(machine, cpu, 3);
        List<String> unprobed = run(machine, cpu, 3);
        kprobes.register(Kprobe.at(machine.snippet.at("start")).build());
        kprobes.runOptimizer();
        List<String> probed = run(machine, cpu, 3);
        unprobed.removeAll(probed);
        assertThat(unprobed)
            .hasSizeGreaterThanOrEqualTo(16)
            .allMatch(each -> each.startsWith("q") || each.startsWith("fpscr"));
        assertThat(machine.target.data().load(SEEN, Integer.BYTES)).isEqualTo(1);
      }
    }
  }

  private static long mapGate(ArmMachine machine, ArmSet set, VectorRegisters vectors) {
    ArmSnippet gate = new ArmSnippet("gate", set, SOURCE.formatted(clobbering(vectors)));
    machine.target.map(GATE, gate.code(), Protection.READ_EXECUTE);
    return ProgramStatus.marked(GATE, set);
  }

  private static Kprobes registry(ArmMachine machine, Gate gate, VectorRegisters vectors) {
    return Kprobes.builder(machine.target.text())
        .architecture(new A32(vectors))
        .architecture(new T32(vectors))
        .codeMap(CodeMap.of(machine.snippet.functions()))
        .gate(gate)
        .build();
  }

  /** Returns 1 if the probe was optimized. */
  private static int check(
      ArmMachine machine, Gate gate, CodeAddress address, VectorRegisters vectors) {
    try (Kprobes kprobes = registry(machine, gate, vectors)) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<List<String>> unprobed = new ArrayList<>();
      // Exceptions that were seen stay noted in fpscr: all of them are from now on.
      for (int seed = 0; seed < SEEDS; seed++) {
        run(machine, cpu, seed);
      }
      for (int seed = 0; seed < SEEDS; seed++) {
        unprobed.add(run(machine, cpu, seed));
      }
      ProbeHandle probe = kprobes.register(Kprobe.at(address).build());
      kprobes.runOptimizer();
      if (probe.tier().orElseThrow() != Tier.OPTIMIZED) {
        return 0;
      }
      machine.target.data().store(SEEN, Integer.BYTES, 0);
      for (int seed = 0; seed < SEEDS; seed++) {
        assertThat(run(machine, cpu, seed))
            .as("seed %d%n%s", seed, probe.picture())
            .isEqualTo(unprobed.get(seed));
      }
      assertArguments(machine, address);
      return 1;
    }
  }

  private static void assertArguments(ArmMachine machine, CodeAddress probed) {
    long count = machine.target.data().load(SEEN, Integer.BYTES);
    assertThat(count).isBetween(0L, (long) SEEDS);
    if (count > 0) {
      assertThat(machine.target.data().load(SEEN + 4, 4)).isEqualTo(probed.value());
      long saved = machine.target.data().load(SEEN + 8, 4);
      long vectors = machine.target.data().load(SEEN + 12, 4);
      long stack = machine.target.data().load(SEEN + 16, 4);
      assertThat(stack % 8).isZero();
      assertThat(stack).isLessThanOrEqualTo(vectors).isLessThan(saved);
    }
  }

  private static List<String> run(ArmMachine machine, Cpu cpu, int seed) {
    String state = machine.run(cpu, seed);
    OptionalLong status = machine.target.vectorStatus();
    List<String> all = new ArrayList<>(List.of(state.split("(?= [a-z]+[0-9]* )")));
    all.replaceAll(String::strip);
    all.add("fpscr %x".formatted(status.orElseThrow()));
    return all;
  }
}
