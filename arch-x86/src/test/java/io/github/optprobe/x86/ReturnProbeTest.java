package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Kretprobe.NoData;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Return probes on hand-made functions, in each tier and with both trampolines. */
class ReturnProbeTest {
  /** f(n) = 0 + 1 + ... + n, by calling itself. */
  private static final Snippet SUM =
      new Snippet(
          "sum",
          "f: push rbx; mov rbx, rdi; lea rax, [rbx]; test rdi, rdi; jz 1f; lea rdi, [rbx-1]; "
              + "call f; add rax, rbx; 1: pop rbx; ret",
          "534889fb488d034885ff740c488d7bffe8ebffffff4801d85bc3");

  /** The inner function pops its two arguments, 3 and 4. */
  private static final Snippet POPS =
      new Snippet(
          "pops",
          "push 3; push 4; call g; lea rax, [rax+rax]; ret; "
              + "g: mov rax, [rsp+8]; add rax, [rsp+16]; add rax, rdi; ret 16",
          "6a036a04e805000000488d0400c3488b4424084803442410" + "4801f8c21000");

  private static final long POPPING = Snippet.BASE + 14;

  /** Calls what the second argument points to. */
  private static final Snippet CALLS =
      new Snippet(
          "calls",
          "push rbx; mov ebx, edi; xchg ax, ax; call rsi; lea eax, [rax+rbx]; pop rbx; ret",
          "5389fb6690ffd68d04185bc3");

  private final List<String> seen = new ArrayList<>();
  private SnippetMachine machine = new SnippetMachine(SUM);
  private Kprobes kprobes = machine.registry().build();

  /** How entry and return come to be seen; without a gate nothing is optimized. */
  enum Way {
    STEPPED_AND_TRAPPED(Tier.SINGLE_STEP, false),
    BOOSTED_AND_TRAPPED(Tier.BOOSTED, false),
    STEPPED_AND_GATED(Tier.SINGLE_STEP, true),
    BOOSTED_AND_GATED(Tier.BOOSTED, true),
    OPTIMIZED_AND_GATED(Tier.OPTIMIZED, true);

    private final Tier tier;
    private final boolean gated;

    Way(Tier tier, boolean gated) {
      this.tier = tier;
      this.gated = gated;
    }
  }

  private Cpu start(Snippet snippet, Way way, long... functions) {
    close();
    machine = new SnippetMachine(snippet);
    kprobes = builder(way).codeMap(CodeMap.of(functions(functions))).build();
    return kprobes.newCpu(machine.target.data());
  }

  private Kprobes.Builder builder(Way way) {
    TextMemory text = machine.target.text();
    return way.gated
        ? machine.registry()
        : Kprobes.builder(text).architecture(machine.architecture);
  }

  private List<CodeMap.Function> functions(long... starts) {
    List<CodeMap.Function> all = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      long last = i + 1 < starts.length ? starts[i + 1] - 1 : machine.body().last();
      all.add(new CodeMap.Function("f" + i, new AddressRange(starts[i], last)));
    }
    return all;
  }

  @AfterEach
  void close() {
    kprobes.close();
    kprobes.runOptimizer();
    machine.close();
  }

  private ReturnProbeHandle<NoData> register(Way way, long function) {
    Kretprobe.Builder<NoData> probe = Kretprobe.at(X86_64.at(function));
    ReturnProbeHandle<NoData> handle =
        kprobes.register(
            probe
                .upTo(way.tier)
                .returnHandler((i, r) -> seen.add("%d@%x".formatted(i.returnValue(r), back(r))))
                .build());
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(way.tier);
    return handle;
  }

  private static long back(Registers registers) {
    return registers.programCounter();
  }

  /** The unprobed run, from the same registers, flags and data. */
  private void assertTransparent(Cpu cpu, ReturnProbeHandle<?> handle) {
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

  @ParameterizedTest
  @EnumSource
  void recursive_calls_return_their_values_innermost_first(Way way) {
    Cpu cpu = start(SUM, way, Snippet.BASE);
    ReturnProbeHandle<NoData> handle = register(way, Snippet.BASE);

    assertThat(machine.target.run(Snippet.BASE, cpu, 4)).isEqualTo(10);
    long inside = Snippet.BASE + 0x15;
    assertThat(seen.subList(0, 4))
        .containsExactly(
            "0@" + hex(inside), "1@" + hex(inside), "3@" + hex(inside), "6@" + hex(inside));
    assertThat(seen.get(4)).startsWith("10@");
    assertThat(handle.hits()).isEqualTo(5);
    assertTransparent(cpu, handle);
  }

  private static String hex(long address) {
    return Long.toHexString(address);
  }

  @ParameterizedTest
  @EnumSource
  void function_that_pops_its_arguments_returns_to_its_caller(Way way) {
    Cpu cpu = start(POPS, way, Snippet.BASE, POPPING);
    ReturnProbeHandle<NoData> handle = register(way, POPPING);
    register(way, Snippet.BASE);

    assertThat(machine.target.run(Snippet.BASE, cpu, 5)).isEqualTo(24);
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0)).isEqualTo("12@" + hex(Snippet.BASE + 9));
    assertThat(seen.get(1)).startsWith("24@");
    assertTransparent(cpu, handle);
  }

  @ParameterizedTest
  @EnumSource
  void calls_of_two_cpus_are_kept_apart(Way way) {
    Cpu first = start(CALLS, way, Snippet.BASE);
    Cpu second = kprobes.newCpu(machine.target.data());
    ReturnProbeHandle<NoData> handle = register(way, Snippet.BASE);
    long ten = machine.target.addHostFunction(call -> 10);
    List<Integer> tracked = new ArrayList<>();
    long other =
        machine.target.addHostFunction(
            call -> {
              tracked.add(first.originalReturnAddresses().length);
              tracked.add(second.originalReturnAddresses().length);
              return machine.target.run(Snippet.BASE, second, 7, ten);
            });

    assertThat(machine.target.run(Snippet.BASE, first, 5, other)).isEqualTo(22);
    assertThat(tracked).containsExactly(1, 0);
    assertThat(seen.get(0)).startsWith("17@");
    assertThat(seen.get(1)).startsWith("22@");
    assertThat(handle.returns()).isEqualTo(2);
    assertThat(handle.active()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void unregistered_in_the_middle_of_calls_they_return_all_the_same(Way way) {
    Cpu cpu = start(CALLS, way, Snippet.BASE);
    ReturnProbeHandle<NoData> handle = register(way, Snippet.BASE);
    long closing =
        machine.target.addHostFunction(
            call -> {
              kprobes.close();
              kprobes.runOptimizer();
              return 3;
            });

    assertThat(machine.target.run(Snippet.BASE, cpu, 5, closing)).isEqualTo(8);
    assertThat(seen).isEmpty();
    assertThat(handle.active()).isZero();
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void handlers_may_change_the_result() {
    Way way = Way.OPTIMIZED_AND_GATED;
    Cpu cpu = start(SUM, way, Snippet.BASE);
    Kretprobe.Builder<NoData> probe = Kretprobe.at(X86_64.at(Snippet.BASE));
    kprobes.register(probe.returnHandler((i, r) -> r.set("rax", i.returnValue(r) + 1)).build());
    kprobes.runOptimizer();

    assertThat(machine.target.run(Snippet.BASE, cpu, 4)).isEqualTo(15);
  }
}
