package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A probed instruction whose condition fails runs no handler and counts no hit, in any tier. The
 * program says itself which of its instructions were executed: each sets a bit of the result.
 */
@Tag("corpus") // long, and the same everywhere
class ArmConditionTest {
  private static final List<String> CONDITIONS =
      List.of("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le");

  private static final int FLAG_STATES = 16;

  static Stream<Arguments> setsAndConditions() {
    return Stream.of(ArmSet.values())
        .flatMap(set -> CONDITIONS.stream().map(each -> Arguments.of(set, each)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndConditions")
  void instruction_that_is_copied(ArmSet set, String condition) {
    check(
        set,
        """
          mov r0, #0
          nop
          it %1$s
        bit0: mov%1$s.w r0, #1
          bx lr
        """
            .formatted(condition)
            .replace(set == ArmSet.A32 ? ".w " : "nothing", " "),
        EnumSet.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndConditions")
  void instruction_that_is_emulated(ArmSet set, String condition) {
    check(
        set,
        """
          mov r0, #0
          nop
          it %1$s
        bit0: ldr%1$s.w r0, 1f
          bx lr
          .balign 4
        1: .word 1
        """
            .formatted(condition)
            .replace(set == ArmSet.A32 ? ".w " : "nothing", " "),
        EnumSet.of(Tier.BOOSTED, Tier.EMULATED, Tier.OPTIMIZED));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndConditions")
  void branch(ArmSet set, String condition) {
    check(
        set,
        """
          mov r0, #1
        bit0: b%1$s.w 1f
          mov r0, #0
        1: bx lr
        """
            .formatted(condition)
            .replace(set == ArmSet.A32 ? ".w " : "nothing", " "),
        EnumSet.of(Tier.BOOSTED, Tier.EMULATED, Tier.OPTIMIZED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("conditions")
  void short_branch(String condition) {
    check(
        ArmSet.T32,
        """
          mov r0, #1
        bit0: b%1$s 1f
          nop
          mov r0, #0
        1: bx lr
        """
            .formatted(condition),
        EnumSet.of(Tier.BOOSTED, Tier.EMULATED, Tier.OPTIMIZED));
  }

  static Stream<String> conditions() {
    return CONDITIONS.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("conditions")
  void each_place_of_an_it_block(String condition) {
    String other = CONDITIONS.get(CONDITIONS.indexOf(condition) ^ 1);
    check(
        ArmSet.T32,
        """
          mov r0, #0
          nop
          itete %1$s
        bit0: orr%1$s r0, r0, #1
        bit1: orr%2$s r0, r0, #2
        bit2: orr%1$s r0, r0, #4
        bit3: orr%2$s r0, r0, #8
          bx lr
        """
            .formatted(condition, other),
        EnumSet.noneOf(Tier.class));
  }

  @ParameterizedTest
  @EnumSource
  void an_it_is_hit_whatever_its_condition(Tier tier) {
    ArmSnippet snippet =
        ArmSnippet.of(ArmSet.T32, "mov r0, #0\nit0: ite hi\nmovhi r0, #1\nmovls r0, #2\nbx lr");
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<Long> unprobed = results(machine, cpu);
      ProbeHandle probe = kprobes.register(kprobe(snippet.at("it0"), tier));
      kprobes.runOptimizer();
      assertThat(results(machine, cpu)).isEqualTo(unprobed).contains(1L, 2L);
      assertThat(probe.hits()).isEqualTo(FLAG_STATES);
      assertThat(probe.tier()).contains(tier == Tier.OPTIMIZED ? Tier.OPTIMIZED : Tier.EMULATED);
    }
  }

  private static Kprobe kprobe(CodeAddress address, Tier tier) {
    Kprobe.Builder kprobe = Kprobe.at(address).onHit(r -> {}).upTo(tier);
    if (tier == Tier.EMULATED) {
      kprobe.postHandler((probe, r) -> {});
    }
    return kprobe.build();
  }

  /**
   * Probes each "bit" in each tier.
   *
   * @param wanted tiers that the first one has to have been in
   */
  private static void check(ArmSet set, String body, Set<Tier> wanted) {
    ArmSnippet snippet = ArmSnippet.of(set, body);
    Set<Tier> seen = EnumSet.noneOf(Tier.class);
    try (ArmMachine machine = new ArmMachine(snippet)) {
      for (int bit = 0; bit < 4; bit++) {
        if (body.contains("bit" + bit)) {
          for (Tier tier : Tier.values()) {
            seen.add(check(machine, bit, tier));
          }
        }
      }
    }
    assertThat(seen).containsAll(wanted);
  }

  private static Tier check(ArmMachine machine, int bit, Tier tier) {
    try (Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<Long> unprobed = results(machine, cpu);
      ProbeHandle probe = kprobes.register(kprobe(machine.snippet.at("bit" + bit), tier));
      kprobes.runOptimizer();
      long executed = 0;
      for (int flags = 0; flags < FLAG_STATES; flags++) {
        long result = result(machine, cpu, flags);
        assertThat(result)
            .as("flags %x%n%s", flags, probe.picture())
            .isEqualTo(unprobed.get(flags));
        executed += result >> bit & 1;
        assertThat(probe.hits()).as("flags %x%n%s", flags, probe.picture()).isEqualTo(executed);
      }
      assertThat(executed).isBetween(1L, 15L);
      assertThat(probe.nmissed()).isZero();
      return probe.tier().orElseThrow();
    }
  }

  private static List<Long> results(ArmMachine machine, Cpu cpu) {
    List<Long> results = new ArrayList<>();
    for (int flags = 0; flags < FLAG_STATES; flags++) {
      results.add(result(machine, cpu, flags));
    }
    return results;
  }

  private static long result(ArmMachine machine, Cpu cpu, int flags) {
    machine.target.registers().set(ArmRegisters.CPSR, 0x10L | (long) flags << 28);
    return machine.target.run(machine.pointer(), cpu);
  }
}
