package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A probe on each instruction of each snippet, in each tier: the probed run ends like the unprobed
 * one, and takes the same path. Nothing here expects any bytes.
 */
@Tag("corpus")
class ArmSnippetTest {
  private static final int SEEDS = 6;
  private static final Map<ArmSet, Map<Tier, Integer>> REACHED = new EnumMap<>(ArmSet.class);
  private static final Map<String, Integer> REFUSED = new TreeMap<>();

  static Stream<ArmSnippet> snippets() {
    return ArmSnippet.all();
  }

  @AfterAll
  static void print() {
    System.out.println("probes that ran, by set and tier: " + REACHED + ", refused: " + REFUSED);
  }

  @Test
  void there_are_many_of_each_set() {
    for (ArmSet set : ArmSet.values()) {
      assertThat(snippets().filter(each -> each.set() == set)).hasSizeGreaterThanOrEqualTo(25);
    }
  }

  @Tag("campaign")
  @ParameterizedTest(name = "{0}")
  @MethodSource("snippets")
  void one_probe_at_a_time_changes_nothing(ArmSnippet snippet) {
    oneAtATime(snippet, 1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("snippets")
  void a_probe_on_every_fifth_instruction_changes_nothing(ArmSnippet snippet) {
    oneAtATime(snippet, 5);
  }

  private static void oneAtATime(ArmSnippet snippet, int step) {
    try (ArmMachine machine = new ArmMachine(snippet)) {
      Unprobed unprobed = Unprobed.of(machine);
      List<CodeAddress> boundaries = snippet.boundaries();
      for (int i = 0; i < boundaries.size(); i += step) {
        CodeAddress address = boundaries.get(i);
        List<List<Long>> hits = new ArrayList<>();
        for (Tier tier : Tier.values()) {
          hitsOf(machine, address, tier, unprobed).ifPresent(hits::add);
        }
        assertThat(hits).as("hits at %s, by tier", address).allMatch(hits.get(0)::equals);
      }
    }
  }

  private static Optional<List<Long>> hitsOf(
      ArmMachine machine, CodeAddress address, Tier tier, Unprobed unprobed) {
    try (Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      Optional<ProbeHandle> registered = register(kprobes, address, tier);
      kprobes.runOptimizer();
      if (registered.isEmpty()) {
        return Optional.of(List.of());
      }
      ProbeHandle probe = registered.get();
      count(address, probe.tier().orElseThrow());
      List<Long> hits = new ArrayList<>();
      for (int seed = 0; seed < SEEDS; seed++) {
        long before = probe.hits();
        assertThat(machine.run(cpu, seed))
            .as("seed %d, %s%n%s", seed, tier, probe.picture())
            .isEqualTo(unprobed.states.get(seed));
        hits.add(probe.hits() - before);
        long executions = unprobed.executions.get(seed).getOrDefault(address.value(), 0L);
        if (Conditions.isConditional(machine.snippet, address)) {
          assertThat(probe.hits() - before).isBetween(0L, executions);
        } else {
          assertThat(probe.hits() - before)
              .as("hits, seed %d%n%s", seed, probe.picture())
              .isEqualTo(executions);
        }
      }
      assertThat(machine.path(kprobes, cpu, 4))
          .as("path%n%s", probe.picture())
          .isEqualTo(unprobed.path);
      return Optional.of(hits);
    }
  }

  private static void count(CodeAddress address, Tier tier) {
    ArmSet set =
        address.instructionSet().equals(ArmSet.A32.instructionSet()) ? ArmSet.A32 : ArmSet.T32;
    REACHED.computeIfAbsent(set, each -> new EnumMap<>(Tier.class)).merge(tier, 1, Integer::sum);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("snippets")
  void probes_on_all_instructions_change_nothing(ArmSnippet snippet) {
    try (ArmMachine machine = new ArmMachine(snippet)) {
      Unprobed unprobed = Unprobed.of(machine);
      for (Tier tier : Tier.values()) {
        try (Kprobes kprobes = machine.registry().build()) {
          Cpu cpu = kprobes.newCpu(machine.target.data());
          snippet.boundaries().forEach(address -> register(kprobes, address, tier));
          kprobes.runOptimizer();
          for (int seed = 0; seed < SEEDS; seed++) {
            assertThat(machine.run(cpu, seed))
                .as("seed %d, %s", seed, tier)
                .isEqualTo(unprobed.states.get(seed));
          }
        }
      }
    }
  }

  private static Optional<ProbeHandle> register(Kprobes kprobes, CodeAddress address, Tier tier) {
    Kprobe.Builder kprobe = Kprobe.at(address).onHit(r -> {}).upTo(tier);
    if (tier == Tier.EMULATED) {
      // Else the copy would do.
      kprobe.postHandler((probe, r) -> {});
    }
    try {
      return Optional.of(kprobes.register(kprobe.build()));
    } catch (RefusedException refused) {
      assertThat(refused.refusal().code()).matches("ARM_.*|TIER_NOT_OFFERED");
      REFUSED.merge(refused.refusal().code(), 1, Integer::sum);
      return Optional.empty();
    }
  }

  /** What the runs without probes are like. */
  private record Unprobed(List<String> states, List<Map<Long, Long>> executions, List<Long> path) {

    static Unprobed of(ArmMachine machine) {
      try (Kprobes none = machine.registry().build()) {
        Cpu cpu = none.newCpu(machine.target.data());
        List<String> states = new ArrayList<>();
        List<Map<Long, Long>> executions = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
          states.add(machine.run(cpu, seed));
          executions.add(machine.executions(cpu, seed));
        }
        return new Unprobed(states, executions, machine.path(none, cpu, 4));
      }
    }
  }
}
