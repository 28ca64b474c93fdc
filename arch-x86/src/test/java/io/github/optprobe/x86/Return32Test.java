package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Kretprobe.NoData;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Return probes on x86-32 functions, in each tier and with both trampolines. */
class Return32Test {
  /** f(n) = 0 + 1 + ... + n, by calling itself. */
  private static final Snippet SUM =
      new Snippet(
          new X86_32(),
          "sum",
          "f: push ebx; mov ebx, [esp+8]; lea eax, [ebx]; test ebx, ebx; jz 1f; lea ecx, [ebx-1]; "
              + "push ecx; call f; pop ecx; add eax, ebx; 1: pop ebx; ret",
          "538b5c24088d0385db740c8d4bff51e8ecffffff5901d85bc3");

  /** The inner function pops its two arguments, 3 and 4, as stdcall wants it. */
  private static final Snippet POPS =
      new Snippet(
          new X86_32(),
          "pops",
          "push 3; push 4; call g; lea eax, [eax+eax]; ret; "
              + "g: mov eax, [esp+4]; add eax, [esp+8]; ret 8",
          "6a036a04e8040000008d0400c38b44240403442408c20800");

  private static final long POPPING = Snippet.BASE + 13;

  /** The inner function pops the address at which it leaves a structure. */
  private static final Snippet STRUCTURE =
      new Snippet(
          new X86_32(),
          "structure",
          "sub esp, 12; lea eax, [esp]; push eax; call g; mov eax, [esp]; add esp, 12; ret; "
              + "g: mov eax, [esp+4]; mov dword ptr [eax], 7; ret 4",
          "83ec0c8d042450e8070000008b042483c40cc38b442404c70007000000c20400");

  private static final long RETURNING = Snippet.BASE + 19;

  static Stream<Arguments> ways() {
    return Stream.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)
        .flatMap(tier -> Stream.of(Arguments.of(tier, true), Arguments.of(tier, false)))
        // Without a gate nothing is optimized.
        .filter(way -> way.get()[0] != Tier.OPTIMIZED || (boolean) way.get()[1]);
  }

  @ParameterizedTest(name = "{0}, gate {1}")
  @MethodSource("ways")
  void recursive_calls_return_their_values_innermost_first(Tier tier, boolean gated) {
    long inside = Snippet.BASE + 0x14;
    List<String> seen = returnsOf(SUM, Snippet.BASE, tier, gated, 4, 10);
    assertThat(seen.subList(0, 4))
        .containsExactly(at(0, inside), at(1, inside), at(3, inside), at(6, inside));
    assertThat(seen.get(4)).startsWith("10@");
  }

  @ParameterizedTest(name = "{0}, gate {1}")
  @MethodSource("ways")
  void a_function_that_pops_its_arguments_returns_to_its_caller(Tier tier, boolean gated) {
    assertThat(returnsOf(POPS, POPPING, tier, gated, 0, 14))
        .containsExactly(at(7, Snippet.BASE + 9));
  }

  @ParameterizedTest(name = "{0}, gate {1}")
  @MethodSource("ways")
  void a_function_that_returns_a_structure_pops_its_address(Tier tier, boolean gated) {
    List<String> seen = returnsOf(STRUCTURE, RETURNING, tier, gated, 0, 7);
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0)).endsWith("@" + Long.toHexString(Snippet.BASE + 12));
  }

  private static String at(long value, long back) {
    return "%d@%x".formatted(value, back);
  }

  /** Calls a snippet with a return probe on one of its functions; lists what the probe saw. */
  private static List<String> returnsOf(
      Snippet snippet, long function, Tier tier, boolean gated, long argument, long expected) {
    List<String> seen = new ArrayList<>();
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = registry(machine, function, gated)) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      Kretprobe.Builder<NoData> probe = Kretprobe.at(X86_32.at(function));
      ReturnProbeHandle<NoData> handle =
          kprobes.register(
              probe
                  .upTo(tier)
                  .returnHandler((i, r) -> seen.add(at(i.returnValue(r), r.programCounter())))
                  .build());
      kprobes.runOptimizer();
      assertThat(handle.tier()).contains(tier);

      assertThat(machine.target.run(Snippet.BASE, cpu, argument)).isEqualTo(expected);

      List<String> first = List.copyOf(seen);
      assertThat(handle.returns()).isEqualTo(first.size());
      assertTransparent(machine, kprobes, cpu, handle);
      handle.close();
      kprobes.runOptimizer();
      return first;
    }
  }

  /** The unprobed run, from the same registers, flags and data. */
  private static void assertTransparent(
      SnippetMachine machine, Kprobes kprobes, Cpu cpu, ReturnProbeHandle<NoData> handle) {
    for (int seed = 0; seed < 12; seed++) {
      String probed = machine.run(cpu, seed);
      handle.disable();
      assertThat(probed).isEqualTo(machine.run(cpu, seed));
      handle.enable();
      kprobes.runOptimizer();
    }
    assertThat(handle.returns()).isEqualTo(handle.hits()).isPositive();
    assertThat(handle.active()).isZero();
  }

  private static Kprobes registry(SnippetMachine machine, long function, boolean gated) {
    Kprobes.Builder builder =
        gated
            ? machine.registry()
            : Kprobes.builder(machine.target.text()).architecture(machine.architecture);
    AddressRange body = new AddressRange(function, machine.body().last());
    return builder.codeMap(CodeMap.of(new CodeMap.Function("f", body))).build();
  }
}
