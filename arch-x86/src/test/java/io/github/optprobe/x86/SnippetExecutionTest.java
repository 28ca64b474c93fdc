package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A probe on each instruction of each snippet, in each tier: the probed run ends like the unprobed
 * one, and is hit as often as the instruction is executed. Nothing here expects any bytes.
 */
@Tag("corpus") // long, and the same everywhere
class SnippetExecutionTest {
  private static final int SEEDS = 8;

  static Stream<Arguments> snippetsAndTiers() {
    return Stream.concat(Snippet.all().stream(), Snippet.all32().stream())
        .flatMap(snippet -> Stream.of(Tier.values()).map(tier -> Arguments.of(snippet, tier)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("snippetsAndTiers")
  void a_probed_run_equals_the_unprobed_run(Snippet snippet, Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(snippet)) {
      List<String> unprobed = unprobedRuns(machine);
      List<Map<Long, Long>> executions = executions(machine);
      for (long address : machine.boundaries()) {
        compare(machine, address, tier, unprobed, executions);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("snippetsAndTiers")
  void with_probes_on_every_instruction_it_does_so_too(Snippet snippet, Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(snippet)) {
      List<String> unprobed = unprobedRuns(machine);
      try (Kprobes kprobes = machine.registry().build()) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        for (long address : machine.boundaries()) {
          register(machine, kprobes, address, tier);
        }
        kprobes.runOptimizer();
        for (int seed = 0; seed < SEEDS; seed++) {
          assertThat(machine.run(cpu, seed)).as("seed %d", seed).isEqualTo(unprobed.get(seed));
        }
      }
    }
  }

  @Test
  void every_kind_of_relocation_is_among_the_snippets_that_were_optimized() {
    assertThat(optimized(Snippet.all()))
        .contains("jmp", "jz", "jnz", "call", "mov", "lea", "ret", "push", "pshufb", "palignr");
    assertThat(optimized(Snippet.all32()))
        .contains("jmp", "jz", "jnz", "call", "loop", "jecxz", "jcxz", "mov", "lea", "ret", "push")
        .contains("pushad", "popad", "enter", "leave", "aaa", "daa", "aam", "salc", "xlat", "pop");
  }

  private static Set<String> optimized(List<Snippet> snippets) {
    Set<String> seen = new HashSet<>();
    for (Snippet snippet : snippets) {
      try (SnippetMachine machine = new SnippetMachine(snippet);
          Kprobes kprobes = machine.registry().build()) {
        for (long address : machine.boundaries()) {
          register(machine, kprobes, address, Tier.OPTIMIZED)
              .ifPresent(
                  probe -> {
                    kprobes.runOptimizer();
                    if (probe.tier().orElseThrow() == Tier.OPTIMIZED) {
                      seen.add(mnemonic(machine, kprobes, address));
                    }
                    probe.close();
                  });
        }
      }
    }
    return seen;
  }

  private static String mnemonic(SnippetMachine machine, Kprobes kprobes, long address) {
    String text = kprobes.explain(machine.at(address)).instruction().disassembly();
    int blank = text.indexOf(' ');
    return blank < 0 ? text : text.substring(0, blank);
  }

  private static void compare(
      SnippetMachine machine,
      long address,
      Tier tier,
      List<String> unprobed,
      List<Map<Long, Long>> executions) {
    try (Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      Optional<ProbeHandle> registered = register(machine, kprobes, address, tier);
      if (registered.isEmpty()) {
        return;
      }
      ProbeHandle probe = registered.get();
      kprobes.runOptimizer();
      for (int seed = 0; seed < SEEDS; seed++) {
        long before = probe.hits();
        String state = machine.run(cpu, seed);
        assertThat(state).as("seed %d%n%s", seed, probe.picture()).isEqualTo(unprobed.get(seed));
        assertThat(probe.hits() - before)
            .as("hits, seed %d%n%s", seed, probe.picture())
            .isEqualTo(executions.get(seed).getOrDefault(address, 0L));
      }
    }
  }

  private static Optional<ProbeHandle> register(
      SnippetMachine machine, Kprobes kprobes, long address, Tier tier) {
    Kprobe.Builder kprobe = Kprobe.at(machine.at(address)).onHit(r -> {}).upTo(tier);
    if (tier == Tier.EMULATED) {
      // Else the copy would do.
      kprobe.postHandler((probe, r) -> {});
    }
    try {
      return Optional.of(kprobes.register(kprobe.build()));
    } catch (RefusedException refused) {
      assertThat(refused.refusal().code()).startsWith("X86_");
      return Optional.empty();
    }
  }

  private static List<String> unprobedRuns(SnippetMachine machine) {
    try (Kprobes none = machine.registry().build()) {
      Cpu cpu = none.newCpu(machine.target.data());
      List<String> runs = new ArrayList<>();
      for (int seed = 0; seed < SEEDS; seed++) {
        runs.add(machine.run(cpu, seed));
      }
      return runs;
    }
  }

  private static List<Map<Long, Long>> executions(SnippetMachine machine) {
    try (Kprobes none = machine.registry().build()) {
      Cpu cpu = none.newCpu(machine.target.data());
      List<Map<Long, Long>> runs = new ArrayList<>();
      for (int seed = 0; seed < SEEDS; seed++) {
        runs.add(machine.executions(cpu, seed));
      }
      return runs;
    }
  }
}
