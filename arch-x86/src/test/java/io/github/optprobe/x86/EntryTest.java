package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Kretprobe.NoData;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What has to stay at the entry of a function stays, in every tier, and the probe stands behind it:
 * the mark of a landing place, and instructions that were put there to be patched.
 */
class EntryTest {
  private static final Snippet MARKED =
      new Snippet(
          "marked", "endbr64; mov eax, edi; add eax, 5; nop; ret", "f30f1efa89f883c00590c3");

  private static final Snippet MARKED_AND_PADDED =
      new Snippet(
          "marked_and_padded",
          "endbr64; nop dword ptr [rax+rax*1+0]; lea eax, [rdi+7]; add eax, 1; ret",
          "f30f1efa0f1f04008d470783c001c3");

  private static final Snippet PADDED =
      new Snippet(
          "padded",
          "nop; nop; nop; nop; nop; lea eax, [rdi+7]; add eax, 1; ret",
          "90909090908d470783c001c3");

  private static final Snippet LOOP_BEHIND_A_NOP =
      new Snippet(
          "loop_behind_a_nop",
          "nop; 1: dec edi; test edi, edi; jg 1b; lea eax, [rdi+3]; ret",
          "90ffcf85ff7ffa8d4703c3");

  private static final Snippet LOOP_BEHIND_A_MARK =
      new Snippet(
          "loop_behind_a_mark",
          "endbr64; 1: dec edi; test edi, edi; jg 1b; lea eax, [rdi+3]; ret",
          "f30f1efaffcf85ff7ffa8d4703c3");

  private static final Snippet MARK_INSIDE =
      new Snippet(
          "mark_inside", "mov eax, edi; nop; endbr64; add eax, 5; ret", "89f890f30f1efa83c005c3");

  private static final Snippet NOTHING_ELSE = new Snippet("nothing_else", "nop; nop", "9090");

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_landing_mark_stays(Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(MARKED);
        Kprobes kprobes = machine.registry().build()) {
      ProbeHandle probe = register(kprobes, Snippet.BASE, tier);
      assertThat(probe.address()).isEqualTo(X86_64.at(Snippet.BASE + 4));
      assertThat(probe.probe().place()).isEqualTo(X86_64.at(Snippet.BASE));
      assertThat(probe.tier()).contains(tier);
      assertThat(Arrays.copyOf(machine.codeNow(), 4)).isEqualTo(bytes("f30f1efa"));

      Cpu cpu = kprobes.newCpu(machine.target.data());
      assertThat(machine.target.run(Snippet.BASE, cpu, 4) & 0xFFFF_FFFFL).isEqualTo(9);
      assertThat(probe.hits()).isOne();
    }
  }

  @Test
  void a_probe_asked_for_behind_the_mark_shares_the_address() {
    try (SnippetMachine machine = new SnippetMachine(MARKED);
        Kprobes kprobes = machine.registry().build()) {
      register(kprobes, Snippet.BASE, Tier.OPTIMIZED);
      ProbeHandle behind = register(kprobes, Snippet.BASE + 4, Tier.OPTIMIZED);
      assertThat(behind.picture().brief()).contains("2 kprobes");
      assertThat(kprobes.list()).allMatch(line -> line.contains("marked+0x4"));
    }
  }

  @Test
  void it_is_explained_where_it_would_stand() {
    try (SnippetMachine machine = new SnippetMachine(MARKED);
        Kprobes kprobes = machine.registry().build()) {
      Explanation explanation = kprobes.explain(X86_64.at(Snippet.BASE));
      assertThat(explanation.instruction().address()).isEqualTo(X86_64.at(Snippet.BASE + 4));
      assertThat(explanation.verdict(Tier.OPTIMIZED).patches())
          .allSatisfy(patch -> assertThat(patch.address()).isEqualTo(Snippet.BASE + 4));
    }
  }

  @Test
  void patchable_nops_stay_too() {
    assertStandsAt(MARKED_AND_PADDED, 8);
    assertStandsAt(PADDED, 5);
  }

  /** Through the loop it would be hit again and again. */
  @Test
  void nops_in_front_of_a_branch_target_are_probed_themselves() {
    assertStandsAt(LOOP_BEHIND_A_NOP, 0);
  }

  @Test
  void the_mark_stays_even_there() {
    assertStandsAt(LOOP_BEHIND_A_MARK, 4);
  }

  @Test
  void nops_that_are_the_whole_function_are_probed_themselves() {
    assertStandsAt(NOTHING_ELSE, 0);
  }

  @Test
  void a_mark_inside_of_a_function_stays_as_well() {
    try (SnippetMachine machine = new SnippetMachine(MARK_INSIDE);
        Kprobes kprobes = machine.registry().build()) {
      ProbeHandle inside = register(kprobes, Snippet.BASE + 3, Tier.BOOSTED);
      assertThat(inside.address()).isEqualTo(X86_64.at(Snippet.BASE + 7));
    }
  }

  @Test
  void no_window_reaches_over_a_mark() {
    try (SnippetMachine machine = new SnippetMachine(MARK_INSIDE);
        Kprobes kprobes = machine.registry().build()) {
      ProbeHandle before = register(kprobes, Snippet.BASE, Tier.OPTIMIZED);
      assertThat(before.tier()).contains(Tier.BOOSTED);
      assertThat(before.whyNotOptimized().orElseThrow().code()).isEqualTo("X86_LANDING_MARK");
    }
  }

  /** Bytes in the middle of an instruction that look like a mark are none. */
  @Test
  void an_address_that_is_no_boundary_is_refused_and_not_moved() {
    Snippet hidden =
        new Snippet("hidden", "mov eax, 0xfa1e0ff3; add eax, edi; ret", "b8f30f1efa01f8c3");
    try (SnippetMachine machine = new SnippetMachine(hidden);
        Kprobes kprobes = machine.registry().build()) {
      Explanation explanation = kprobes.explain(X86_64.at(Snippet.BASE + 1));
      assertThat(explanation.verdict(Tier.BOOSTED).refusal().orElseThrow().code())
          .isEqualTo("NOT_A_BOUNDARY");
    }
  }

  @Test
  void a_return_probe_at_a_marked_entry_sees_the_call() {
    try (SnippetMachine machine = new SnippetMachine(MARKED_AND_PADDED);
        Kprobes kprobes = machine.registry().build()) {
      AtomicLong returned = new AtomicLong();
      ProbeHandle probe =
          kprobes.register(
              Kretprobe.at(X86_64.at(Snippet.BASE))
                  .returnHandler(
                      (call, registers) -> returned.set(call.returnValue(registers) & 0xFFFF))
                  .build());
      kprobes.runOptimizer();
      assertThat(probe.address()).isEqualTo(X86_64.at(Snippet.BASE + 8));
      machine.target.run(Snippet.BASE, kprobes.newCpu(machine.target.data()), 2);
      assertThat(returned).hasValue(10);

      Kretprobe<NoData> standing = Kretprobe.at(X86_64.at(Snippet.BASE + 8)).build();
      assertThat(kprobes.register(standing).address()).isEqualTo(probe.address());
    }
  }

  private static void assertStandsAt(Snippet snippet, int offset) {
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      ProbeHandle probe = register(kprobes, Snippet.BASE, Tier.OPTIMIZED);
      assertThat(probe.address()).isEqualTo(X86_64.at(Snippet.BASE + offset));
    }
  }

  private static ProbeHandle register(Kprobes kprobes, long address, Tier tier) {
    ProbeHandle probe =
        kprobes.register(Kprobe.at(X86_64.at(address)).onHit(r -> {}).upTo(tier).build());
    kprobes.runOptimizer();
    return probe;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
