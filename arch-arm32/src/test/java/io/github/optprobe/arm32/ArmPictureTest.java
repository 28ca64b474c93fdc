package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What people are shown of a probe: instructions with their conditions, and literals as data. */
class ArmPictureTest {
  private static final String A32_CODE = "cmp r0, #3\nprobed: ldrhi r2, =0x12345678\nbx lr";
  private static final String T32_CODE =
      "cmp r0, #3\nprobed: ite hi\nmovhi r2, #1\nldrls r2, =0x12345678\nadds r0, r0, r2\nbx lr";

  private static void with(ArmSet set, String body, BiConsumer<ArmSnippet, Kprobes> test) {
    ArmSnippet snippet = ArmSnippet.of(set, body);
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      test.accept(snippet, kprobes);
    }
  }

  private static ProbeHandle optimized(ArmSnippet snippet, Kprobes kprobes) {
    ProbeHandle probe = kprobes.register(Kprobe.at(snippet.at("probed")).build());
    kprobes.runOptimizer();
    assertThat(probe.tier()).contains(Tier.OPTIMIZED);
    return probe;
  }

  @Test
  void of_a32_shows_the_condition_and_the_constants() {
    with(
        ArmSet.A32,
        A32_CODE.replace("0x12345678", "0x12345678\nnop"),
        (snippet, kprobes) -> {
          String picture = optimized(snippet, kprobes).picture().toString();
          // The jump has the condition of the instruction that it replaces.
          assertThat(picture)
              .contains(
                  "a32", "OPTIMIZED", "start+0x4", "ldrhi r2, [pc", "bhi #0x", "detour buffer")
              .contains(".word 0x%08x".formatted(snippet.at("probed").value()))
              .contains("mrs r4, apsr", "blx ip");
        });
  }

  @Test
  void of_t32_shows_the_block_as_it_is_and_one_it_for_each_in_the_buffer() {
    with(
        ArmSet.T32,
        T32_CODE,
        (snippet, kprobes) -> {
          String picture = optimized(snippet, kprobes).picture().toString();
          assertThat(picture)
              .contains("t32", "OPTIMIZED", "ite hi", "movhi r2, #1", "ldrls", "b.w #0x")
              .contains("it hi", ".word 0x%08x".formatted(snippet.at("probed").value()));
        });
  }

  @Test
  void an_explanation_says_what_would_be_written_in_each_tier() {
    with(
        ArmSet.A32,
        A32_CODE,
        (snippet, kprobes) -> {
          Explanation explanation = kprobes.explain(snippet.at("probed"));
          assertThat(explanation.instruction().disassembly()).startsWith("ldrhi r2, [pc");
          // The kernel's breakpoint, 07f001f8, with the condition "hi", which is 8.
          assertThat(explanation.verdict(Tier.BOOSTED).patches().get(0).after())
              .isEqualTo("f8 01 f0 87");
          assertThat(explanation.verdict(Tier.OPTIMIZED).patches().get(0).after()).endsWith(" 8a");
          assertThat(explanation.verdict(Tier.OPTIMIZED).toString()).contains(" as b (");
          assertThat(kprobes.probes()).isEmpty();
        });
  }

  /** Only what is shown from its IT on has its condition in the text: "movs" is "movhi" there. */
  @Test
  void an_explanation_of_t32_refuses_the_jump_by_the_it_block() {
    with(
        ArmSet.T32,
        T32_CODE.replace("probed: ", "").replace("movhi", "probed: movhi"),
        (snippet, kprobes) -> {
          Explanation explanation = kprobes.explain(snippet.at("probed"));
          assertThat(explanation.instruction().disassembly()).endsWith(" r2, #1");
          assertThat(explanation.verdict(Tier.SINGLE_STEP).patches().get(0).after())
              .isEqualTo("18 de");
          assertThat(explanation.verdict(Tier.OPTIMIZED).refusal().orElseThrow().code())
              .isEqualTo("ARM_SPLITS_IT_BLOCK");
        });
  }

  @Test
  void a_list_of_probes_names_their_sets() {
    with(
        ArmSet.T32,
        T32_CODE,
        (snippet, kprobes) -> {
          optimized(snippet, kprobes);
          assertThat(kprobes.list()).hasSize(1).first().asString().contains("start+0x2");
        });
  }
}
