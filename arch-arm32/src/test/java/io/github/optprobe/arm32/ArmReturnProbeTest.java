package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Kretprobe.NoData;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.scan.ElfFile;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Return probes on functions of both sets that call each other, in each tier and with both kinds of
 * trampolines.
 */
class ArmReturnProbeTest {
  private static final int SEEDS = 6;

  /** f(n) = n + f(n - 1), alternating between the sets; returns by pop, bx and ldm. */
  private static final List<String> SNIPPETS =
      List.of(
          "factorial",
          "fibonacci",
          "tail_call",
          "mutual_recursion",
          "there_and_back",
          "calls_the_other_set_by_pointer",
          "jumps_into_the_other_set",
          "conditional_pop",
          "block_transfers");

  /** How entry and return come to be seen. */
  enum Way {
    STEPPED_AND_TRAPPED(Tier.SINGLE_STEP, false),
    BOOSTED_AND_TRAPPED(Tier.BOOSTED, false),
    BOOSTED_AND_GATED(Tier.BOOSTED, true),
    OPTIMIZED_AND_GATED(Tier.OPTIMIZED, true);

    private final Tier tier;
    private final boolean gated;

    Way(Tier tier, boolean gated) {
      this.tier = tier;
      this.gated = gated;
    }

    Kprobes registry(ArmMachine machine) {
      Kprobes.Builder builder =
          Kprobes.builder(machine.target.text()).codeMap(CodeMap.of(machine.snippet.functions()));
      return gated ? builder.gate(machine.target.gate()).build() : builder.build();
    }
  }

  static Stream<Arguments> snippetsAndWays() {
    return SNIPPETS.stream()
        .flatMap(name -> Stream.of(ArmSet.values()).map(set -> ArmSnippet.named(name, set)))
        .flatMap(snippet -> Stream.of(Way.values()).map(way -> Arguments.of(snippet, way)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("snippetsAndWays")
  void every_function_returns_where_it_was_called(ArmSnippet snippet, Way way) {
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = way.registry(machine)) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = runs(machine, cpu);
      List<ReturnProbeHandle<NoData>> handles = new ArrayList<>();
      List<String> seen = new ArrayList<>();
      for (ElfFile.Symbol function : snippet.file().functions()) {
        handles.add(register(kprobes, function, way, seen));
      }
      kprobes.runOptimizer();

      assertThat(runs(machine, cpu)).isEqualTo(unprobed);
      for (ReturnProbeHandle<NoData> handle : handles) {
        assertThat(handle.returns()).isEqualTo(handle.hits()).isPositive();
        assertThat(handle.active()).isZero();
      }
      long returns = handles.stream().mapToLong(ReturnProbeHandle::returns).sum();
      assertThat(seen).hasSize((int) returns);
    }
  }

  private static ReturnProbeHandle<NoData> register(
      Kprobes kprobes, ElfFile.Symbol function, Way way, List<String> seen) {
    CodeAddress address = new CodeAddress(function.body().first(), function.set().instructionSet());
    Kretprobe.Builder<NoData> probe = Kretprobe.at(address);
    return kprobes.register(
        probe
            .upTo(way.tier)
            .returnHandler(
                (i, r) -> seen.add("%d@%x".formatted(i.returnValue(r), r.programCounter())))
            .build());
  }

  private static List<String> runs(ArmMachine machine, Cpu cpu) {
    List<String> runs = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      runs.add(machine.run(cpu, seed));
    }
    return runs;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndWays")
  void recursive_calls_return_innermost_first_and_know_their_callers(ArmSet set, Way way) {
    ArmSnippet snippet = ArmSnippet.named("factorial", set);
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = way.registry(machine)) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> seen = new ArrayList<>();
      List<Integer> depths = new ArrayList<>();
      Kretprobe.Builder<NoData> probe = Kretprobe.at(snippet.at("start"));
      ReturnProbeHandle<NoData> handle =
          kprobes.register(
              probe
                  .upTo(way.tier)
                  .returnHandler(
                      (i, r) -> {
                        assertThat(ProgramStatus.set(r)).isEqualTo(set);
                        seen.add("%d@%x".formatted(i.returnValue(r), r.programCounter()));
                        depths.add(cpu.originalReturnAddresses().length);
                      })
                  .build());
      kprobes.runOptimizer();
      assertThat(handle.tier()).contains(way.tier);

      assertThat(machine.target.run(machine.pointer(), cpu, 4)).isEqualTo(24);
      String inside = Long.toHexString(afterCall(snippet));
      assertThat(seen.subList(0, 3)).containsExactly("1@" + inside, "2@" + inside, "6@" + inside);
      assertThat(seen).hasSize(4);
      assertThat(seen.get(3)).startsWith("24@f0000");
      assertThat(depths).hasSize(4).isSortedAccordingTo((a, b) -> b - a);
    }
  }

  static Stream<Arguments> setsAndWays() {
    return Stream.of(ArmSet.values())
        .flatMap(set -> Stream.of(Way.values()).map(way -> Arguments.of(set, way)));
  }

  /** Behind the bl, which stands in front of the mul. */
  private static long afterCall(ArmSnippet snippet) {
    ArmArchitecture architecture = snippet.set() == ArmSet.A32 ? new A32() : new T32();
    return architecture.disassemble(snippet.file(), snippet.functions().get(0).body()).stream()
        .filter(line -> line.text().startsWith("mul"))
        .findFirst()
        .orElseThrow()
        .address();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndWays")
  void the_original_return_address_is_found_while_a_call_is_tracked(ArmSet set, Way way) {
    ArmSnippet snippet =
        new ArmSnippet(
            "asks",
            set,
            """
            fn start
              push {r4, lr}
              blx r1
              add r0, r0, #1
              pop {r4, pc}
            done start
            """);
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = way.registry(machine)) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<Long> originals = new ArrayList<>();
      long asking =
          machine.target.addHostFunction(
              call -> {
                long sp = machine.target.registers().stackPointer();
                long pushed = call.data().load(sp + 4, Integer.BYTES);
                originals.add(pushed);
                originals.add(cpu.originalReturnAddress(pushed, sp + 8).orElse(-1));
                for (long each : cpu.originalReturnAddresses()) {
                  originals.add(each);
                }
                return 7;
              });
      assertThat(machine.target.run(machine.pointer(), cpu, 0, asking)).isEqualTo(8);
      long real = originals.get(0);
      originals.clear();
      Kretprobe.Builder<NoData> probe = Kretprobe.at(snippet.at("start"));
      kprobes.register(probe.upTo(way.tier).build());
      kprobes.runOptimizer();

      assertThat(machine.target.run(machine.pointer(), cpu, 0, asking)).isEqualTo(8);
      assertThat(originals).hasSize(3);
      assertThat(originals.get(0)).isNotEqualTo(real);
      assertThat(originals.get(1) & ~1L).isEqualTo(real & ~1L);
      assertThat(originals.get(2) & ~1L).isEqualTo(real & ~1L);
    }
  }
}
