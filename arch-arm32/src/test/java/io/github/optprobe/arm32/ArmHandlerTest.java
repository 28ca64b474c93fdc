package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a handler sees and may change is the same in every tier, in both sets. */
class ArmHandlerTest {
  private static final long FLAGS = 0xF80F_0000L;

  /** Changes r0 and nothing else; the one that reads pc is emulated. */
  private static final String SOURCE =
      """
      fn start
      copied: add r0, r0, #1
      emulated: ldr.w r3, 1f
        bx lr
        .balign 4
      1: .word 0x1357
      done start
      fn elsewhere
        mov r0, #99
        bx r11
      done elsewhere
      fn near
        mov r0, #44
        bx lr
      done near
      other far
        mov r0, #55
        bx lr
      done far
      """;

  static Stream<Arguments> setsAndTiers() {
    return Stream.of(ArmSet.values())
        .flatMap(set -> Stream.of(Tier.values()).map(tier -> Arguments.of(set, tier)));
  }

  /** A machine and a registry with one probe. */
  private static final class Setup implements AutoCloseable {
    private final Tier tier;
    private final ArmSnippet snippet;
    private final ArmMachine machine;
    private final Kprobes kprobes;
    private final Cpu cpu;

    Setup(ArmSet set, Tier tier, String source) {
      this.tier = tier;
      snippet =
          new ArmSnippet("handlers", set, set == ArmSet.A32 ? source.replace(".w ", " ") : source);
      machine = new ArmMachine(snippet);
      kprobes = machine.registry().build();
      cpu = kprobes.newCpu(machine.target.data());
    }

    Setup(ArmSet set, Tier tier) {
      this(set, tier, SOURCE);
    }

    /** Only what reads or writes pc is emulated. */
    String probed() {
      return tier == Tier.EMULATED ? "emulated" : "copied";
    }

    long address() {
      return snippet.at(probed()).value();
    }

    Kprobe.Builder kprobe() {
      return Kprobe.at(snippet.at(probed())).upTo(tier);
    }

    ProbeHandle register(Kprobe.Builder kprobe) {
      ProbeHandle handle = kprobes.register(kprobe.build());
      kprobes.runOptimizer();
      assertThat(handle.tier()).contains(tier);
      return handle;
    }

    ProbeHandle probe(Consumer<Registers> handler) {
      Kprobe.Builder kprobe = kprobe().onHit(handler);
      if (tier == Tier.EMULATED) {
        kprobe.postHandler((probe, r) -> {});
      }
      return register(kprobe);
    }

    long result() {
      return machine.target.run(machine.pointer(), cpu, 1);
    }

    long register(int number) {
      return machine.target.registers().get(number);
    }

    @Override
    public void close() {
      kprobes.close();
      machine.close();
    }
  }

  private static List<Long> all(Registers registers) {
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < registers.file().size(); i++) {
      values.add(registers.get(i));
    }
    return values;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void it_sees_every_register_as_the_instruction_finds_it(ArmSet set, Tier tier) {
    try (Setup setup = new Setup(set, tier)) {
      List<Long> seen = new ArrayList<>();
      setup.probe(registers -> seen.addAll(all(registers)));
      setup.machine.run(setup.cpu, 3);

      // The function leaves all others as they are.
      List<Long> wanted = all(setup.machine.target.registers());
      wanted.set(0, tier == Tier.EMULATED ? 4L : 3L);
      wanted.set(3, ~3L & 0xFFL);
      wanted.set(ArmRegisters.PC, setup.address());
      assertThat(seen).isEqualTo(wanted).hasSize(17);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void each_changed_register_takes_effect(ArmSet set, Tier tier) {
    for (int number = 0; number <= 12; number++) {
      int register = number;
      if (register != 3 && (register != 0 || tier == Tier.EMULATED)) {
        try (Setup setup = new Setup(set, tier)) {
          setup.probe(r -> r.set(register, 0x8765_4321L));
          setup.result();
          assertThat(setup.register(register)).as("r%d", register).isEqualTo(0x8765_4321L);
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void a_changed_stack_pointer_takes_effect(ArmSet set, Tier tier) {
    for (long by : new long[] {-4096, -8, 4, 512}) {
      try (Setup setup = new Setup(set, tier)) {
        List<Long> before = new ArrayList<>();
        setup.probe(
            r -> {
              before.add(r.stackPointer());
              r.set(ArmRegisters.SP, r.stackPointer() + by);
            });
        assertThat(setup.result()).isEqualTo(2);
        assertThat(setup.register(ArmRegisters.SP)).isEqualTo(before.get(0) + by);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void a_changed_link_register_takes_effect(ArmSet set, Tier tier) {
    try (Setup setup = new Setup(set, tier)) {
      setup.probe(
          r -> {
            r.set(11, r.get(ArmRegisters.LR));
            long there = setup.snippet.at("elsewhere").value();
            r.set(ArmRegisters.LR, ProgramStatus.marked(there, set));
          });
      assertThat(setup.result()).isEqualTo(99);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void changed_flags_take_effect(ArmSet set, Tier tier) {
    for (long flags : new long[] {0, FLAGS, 0x5005_0000L, 0xA80A_0000L}) {
      try (Setup setup = new Setup(set, tier)) {
        setup.probe(r -> r.set(ArmRegisters.CPSR, (r.get(ArmRegisters.CPSR) & ~FLAGS) | flags));
        setup.result();
        assertThat(setup.register(ArmRegisters.CPSR) & FLAGS).isEqualTo(flags);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void skipping_goes_on_elsewhere_in_the_same_set(ArmSet set, Tier tier) {
    skip(set, tier, "near", false, 44);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void skipping_goes_on_elsewhere_in_the_other_set(ArmSet set, Tier tier) {
    skip(set, tier, "far", true, 55);
  }

  private static void skip(ArmSet set, Tier tier, String label, boolean changes, long result) {
    try (Setup setup = new Setup(set, tier)) {
      Kprobe.Builder kprobe = setup.kprobe();
      kprobe.preHandler(
          (probe, r) -> {
            r.setProgramCounter(setup.snippet.at(label).value());
            long mode = changes ? ProgramStatus.THUMB : 0;
            r.set(ArmRegisters.CPSR, r.get(ArmRegisters.CPSR) ^ mode);
            return HandlerOutcome.SKIP;
          });
      if (tier == Tier.EMULATED) {
        kprobe.postHandler((probe, r) -> {});
      }
      setup.register(kprobe);
      assertThat(setup.result()).isEqualTo(result);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void a_post_handler_sees_the_instruction_done(ArmSet set, Tier tier) {
    if (tier != Tier.SINGLE_STEP && tier != Tier.EMULATED) {
      return;
    }
    try (Setup setup = new Setup(set, tier)) {
      List<Long> seen = new ArrayList<>();
      setup.register(
          setup
              .kprobe()
              .postHandler(
                  (probe, r) -> {
                    seen.addAll(List.of(r.get(0), r.programCounter()));
                    r.set(5, 1234);
                  }));
      assertThat(setup.result()).isEqualTo(2);
      assertThat(seen).containsExactly(2L, setup.address() + 4);
      assertThat(setup.register(5)).isEqualTo(1234);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTiers")
  void a_hit_inside_a_handler_is_missed_and_executes_the_instruction(ArmSet set, Tier tier) {
    try (Setup setup = new Setup(set, tier)) {
      List<Long> inner = new ArrayList<>();
      ProbeHandle handle =
          setup.probe(
              r -> inner.add(setup.machine.target.run(setup.machine.pointer(), setup.cpu, 20)));

      assertThat(setup.result()).isEqualTo(2);
      assertThat(inner).containsExactly(21L);
      assertThat(handle.hits()).isEqualTo(1);
      assertThat(handle.nmissed()).isEqualTo(1);
    }
  }

  /** Loads and stores where nothing is mapped, and what each of them needs of the copy. */
  enum Faulting {
    PLAIN("ldr.w r0, [r2]"),
    WRITES_BACK("ldr.w r0, [r2], #4"),
    STORES("str.w r0, [r2, #4]!"),
    MULTIPLE("ldmia.w r2!, {r0, r3, r4}"),
    VECTOR("vldr d3, [r2]"),
    PC_STORED(ArmSet.A32, "str pc, [r2], #8"),
    PC_IN_LIST(ArmSet.A32, "stmdb r2!, {r3, r4, pc}"),
    PC_BASED(ArmSet.A32, "ldr r3, [pc, r2]"),
    PC_BASED_STORE(ArmSet.A32, "strb r3, [pc, -r2]"),
    LOWERED(ArmSet.A32, "ldrd r4, r5, [pc, r2]"),
    LOADS_PC("ldr.w pc, [r2]"),
    TABLE(ArmSet.T32, "tbb [r2, r0]");

    private final ArmSet only;
    private final String assembly;

    Faulting(String assembly) {
      this(null, assembly);
    }

    Faulting(ArmSet only, String assembly) {
      this.only = only;
      this.assembly = assembly;
    }

    Stream<ArmSet> sets() {
      return only == null ? Stream.of(ArmSet.values()) : Stream.of(only);
    }
  }

  static Stream<Arguments> faults() {
    return Stream.of(Faulting.values())
        .flatMap(
            fault ->
                fault
                    .sets()
                    .flatMap(
                        set ->
                            Stream.of(Tier.values()).map(tier -> Arguments.of(fault, set, tier))));
  }

  private static String faultingSource(Faulting fault) {
    return """
    fn start
      mov r12, r12
    copied:
    emulated: %s
      nop
      bx lr
    done start
    """
        .formatted(fault.assembly);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("faults")
  void a_fault_is_seen_at_the_original_with_its_registers(Faulting fault, ArmSet set, Tier tier) {
    try (Setup setup = new Setup(set, tier, faultingSource(fault))) {
      Object unprobed = fault(setup);
      Kprobe.Builder kprobe = setup.kprobe().onHit(r -> {});
      if (tier == Tier.EMULATED) {
        kprobe.postHandler((probe, r) -> {});
      }
      ProbeHandle handle = setup.kprobes.register(kprobe.build());
      setup.kprobes.runOptimizer();
      assertThat(fault(setup)).as("%s", handle.picture()).isEqualTo(unprobed);
      assertThat(handle.hits()).isEqualTo(1);
    }
  }

  /** The registers that the program would see, as it faults. */
  private static List<String> fault(Setup setup) {
    setup.machine.target.seedRegisters(5);
    GuestFaultException thrown =
        catchThrowableOfType(
            GuestFaultException.class,
            () -> setup.machine.target.run(setup.machine.pointer(), setup.cpu, 1, 2, 0x5000_0000L));
    assertThat(thrown).isNotNull();
    List<String> all = new ArrayList<>();
    all.add("%s at %x".formatted(thrown.kind(), thrown.pc()));
    Registers registers = setup.machine.target.registers();
    for (int i = 0; i < registers.file().size(); i++) {
      long value = registers.get(i) & setup.machine.target.comparableBits(i, true);
      if (i != ArmRegisters.PC) {
        all.add("%s %x".formatted(registers.file().names().get(i), value));
      }
    }
    assertThat(thrown.pc()).isEqualTo(setup.address());
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void a_fault_handler_may_go_on(ArmSet set) {
    for (Tier tier : Tier.values()) {
      try (Setup setup = new Setup(set, tier, faultingSource(Faulting.PLAIN))) {
        Kprobe.Builder kprobe =
            setup
                .kprobe()
                .faultHandler(
                    (probe, r) -> {
                      assertThat(r.programCounter()).isEqualTo(setup.address());
                      r.set(0, 77);
                      r.setProgramCounter(setup.address() + 4);
                      return FaultOutcome.HANDLED;
                    });
        setup.kprobes.register(kprobe.build());
        setup.kprobes.runOptimizer();
        assertThat(setup.machine.target.run(setup.machine.pointer(), setup.cpu, 1, 2, 0x5000_0000L))
            .isEqualTo(77);
      }
    }
  }
}
