package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which windows are made, which are refused and why, and how far each form of jump reaches. */
class ArmWindowTest {

  /** What became of the probe at "probed". */
  @SuppressWarnings("ArrayRecordComponent") // Looked at, never compared.
  private record Result(
      Tier tier, String why, String form, String picture, String attempts, byte[] written) {}

  /** Optimizes the probe at "probed" if it can be, and runs it. */
  private static Result probe(ArmSnippet snippet, UnaryOperator<TextMemory> text) {
    try (ArmMachine machine = new ArmMachine(snippet)) {
      return probe(machine, machine.registry(text.apply(machine.target.text())));
    }
  }

  private static Result probe(ArmMachine machine, Kprobes.Builder registry) {
    try (Kprobes kprobes = registry.build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = runs(machine, cpu);
      Explanation explanation = kprobes.explain(machine.snippet.at("probed"));
      ProbeHandle probe = kprobes.register(Kprobe.at(machine.snippet.at("probed")).build());
      kprobes.runOptimizer();
      assertThat(runs(machine, cpu)).as("%s", probe.picture()).isEqualTo(unprobed);
      assertThat(explanation.verdict(Tier.OPTIMIZED).isAccepted())
          .isEqualTo(probe.tier().orElseThrow() == Tier.OPTIMIZED);
      return new Result(
          probe.tier().orElseThrow(),
          probe.whyNotOptimized().map(each -> each.code()).orElse(""),
          explanation.verdict(Tier.OPTIMIZED).form().map(JumpForm::name).orElse(""),
          probe.picture().toString(),
          explanation.verdict(Tier.OPTIMIZED).toString(),
          machine.target.readBytes(machine.snippet.at("probed").value(), 4));
    }
  }

  private static List<String> runs(ArmMachine machine, Cpu cpu) {
    List<String> runs = new ArrayList<>();
    for (int seed = 0; seed < 6; seed++) {
      runs.add(machine.run(cpu, seed));
    }
    return runs;
  }

  private static Result t32(String body) {
    return probe(ArmSnippet.of(ArmSet.T32, body), text -> text);
  }

  private static void assertRefused(Result result, String code) {
    assertThat(result.why()).as(result.picture()).isEqualTo(code);
    assertThat(result.tier()).isNotEqualTo(Tier.OPTIMIZED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nop\n"})
  void two_halfwords_at_both_alignments(String before) {
    Result result = t32(before + "probed: adds r0, #1\nadds r0, r0, r2\nadds r0, #3\nbx lr");
    assertThat(result.tier()).isEqualTo(Tier.OPTIMIZED);
    assertThat(result.form()).isEqualTo("b.w");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nop\n"})
  void a_window_reaches_to_the_end_of_an_it_block(String before) {
    Result result =
        t32(
            before
                + "probed: cmp r0, #2\nitete hi\naddhi r0, #1\naddls r2, #5\nstrhi r2, [r1]\n"
                + "addls.w r0, r0, r2\nadds r0, r0, r2\nbx lr");
    assertThat(result.tier()).isEqualTo(Tier.OPTIMIZED);
    assertThat(result.picture()).contains("it hi", "it ls");
  }

  @Test
  void one_that_begins_in_an_it_block_is_refused_but_at_the_last_wide_place() {
    String block = "cmp r0, #2\nitt hi\n%saddhi.w r0, r0, #1\n%saddhi.w r0, r0, r2\nbx lr";
    assertRefused(t32(block.formatted("probed: ", "")), "ARM_SPLITS_IT_BLOCK");
    Result last = t32(block.formatted("", "probed: "));
    assertThat(last.tier()).as(last.picture()).isEqualTo(Tier.OPTIMIZED);
  }

  @Test
  void a_narrow_last_place_of_an_it_block_is_refused() {
    assertRefused(
        t32("cmp r0, #2\nit hi\nprobed: addhi r0, #1\nadds r0, #7\nbx lr"), "ARM_SPLITS_IT_BLOCK");
  }

  @Test
  void a_branch_into_it_is_refused() {
    assertRefused(
        t32(
            "probed: adds r2, #1\n1: adds r2, #1\neors r2, r0\nadds r2, #2\nadds r2, #3\n"
                + "adds r2, #4\nsubs r0, #1\nbpl 1b\nmov r0, r2\nbx lr"),
        "BRANCH_INTO_WINDOW");
  }

  @Test
  void a_branch_of_its_own_into_it_is_followed_in_the_buffer() {
    Result result =
        probe(
            ArmSnippet.of(ArmSet.A32, "probed: subs r0, r0, #1\nbpl probed\nmov r0, r2\nbx lr"),
            text -> new FarText(text, FarText.FAR));
    assertThat(result.tier()).as(result.picture()).isEqualTo(Tier.OPTIMIZED);
    assertThat(result.form()).isEqualTo("ldr pc, [pc, #-4]");
  }

  private static final ArmSnippet CALLING =
      new ArmSnippet(
          "calling",
          ArmSet.T32,
          """
          fn start
            push {r4, lr}
            ldr r4, =f
          probed: blx r4
            adds r0, #1
            adds r0, #1
            pop {r4, lr}
            bx lr
          done start
          fn f
            adds r0, r0, r2
            bx lr
          done f
          """);

  @Test
  void a_call_that_returns_into_it_is_refused() {
    assertRefused(probe(CALLING, text -> text), "ARM_RETURN_INTO_WINDOW");
  }

  @Test
  void unless_calls_may_return_into_buffers() {
    try (ArmMachine machine = new ArmMachine(CALLING)) {
      Result result = probe(machine, machine.registry().returnsIntoBuffers());
      assertThat(result.tier()).as(result.why() + result.picture()).isEqualTo(Tier.OPTIMIZED);
    }
  }

  @Test
  void a_table_branch_is_refused_and_emulated_behind_a_breakpoint() {
    String table =
        "cmp r0, #1\nbhi 3f\n%snop\n%stbb [pc, r0]\n4: .byte (1f-4b)/2, (2f-4b)/2\n"
            + "1: adds r0, #1\n2: adds r0, #2\n3: adds r0, #3\nbx lr";
    Result before = t32(table.formatted("probed: ", ""));
    assertThat(before.tier()).isNotEqualTo(Tier.OPTIMIZED);
    assertThat(before.why()).isIn("ARM_JUMP_TABLE", "INDIRECT_JUMP");
    Result itself = t32(table.formatted("", "probed: "));
    assertThat(itself.tier()).isEqualTo(Tier.EMULATED);
    assertThat(itself.why()).isEqualTo("ARM_JUMP_TABLE");
  }

  @Test
  void a_literal_that_the_jump_would_overwrite_is_refused() {
    ArmSnippet snippet =
        ArmSnippet.of(
            ArmSet.A32, "probed: ldr r2, 1f\nb 2f\n1: .word 77\n2: add r0, r0, r2\nbx lr");
    Result near = probe(snippet, text -> text);
    assertThat(near.tier()).as(near.picture()).isEqualTo(Tier.OPTIMIZED);
    ArmSnippet loaded =
        ArmSnippet.of(ArmSet.A32, "probed: ldr r2, 1f\n1: add r0, r0, r2\nnop\nbx lr");
    Result far = probe(loaded, text -> new FarText(text, FarText.FAR));
    assertThat(far.tier()).as(far.picture()).isNotEqualTo(Tier.OPTIMIZED);
    assertThat(far.attempts()).contains("ARM_READS_WINDOW");
  }

  private static final String CONDITIONAL =
      "cmp r0, #3\nnop\nprobed: bhi.w 1f\nadds r0, #1\nadds r0, #1\n1: bx lr";

  @ParameterizedTest
  @CsvSource({"0xf000, true", "-0x80000, true", "0x210000, false", "-0xf00000, false"})
  void a_conditional_branch_keeps_its_condition_within_a_mebibyte(long memory, boolean keeps) {
    Result result =
        probe(
            ArmSnippet.of(ArmSet.T32, CONDITIONAL),
            text -> new FarText(text, ArmSnippet.BASE + memory));
    assertThat(result.tier()).isEqualTo(Tier.OPTIMIZED);
    assertThat(isConditionalBranch(result)).as(result.picture()).isEqualTo(keeps);
  }

  /**
   * From an address at which the farthest buffer starts on a page, and from one beyond. The only
   * free memory starts there.
   */
  @ParameterizedTest(name = "{0} from page offset {1} to {2}: {3}")
  @CsvSource({
    "A32, 0xffc, 0x2000004, true",
    "A32, 0xff8, 0x2000008, false",
    "A32, 0xff8, -0x1fffff8, true",
    "A32, 0xffc, -0x1fffffc, false",
    "T32, 0xffe, 0x1000002, true",
    "T32, 0xffc, 0x1000004, false",
    "T32, 0xffc, -0xfffffc, true",
    "T32, 0xffe, -0xfffffe, false",
  })
  void the_farthest_buffer_that_a_branch_reaches(ArmSet set, int offset, long to, boolean reached) {
    String body =
        """
        b.w probed
        .space %d
        probed: add.w r0, r0, #1
        add.w r0, r0, r2
        add.w r0, r0, r3
        bx lr
        """
            .formatted(offset - 4);
    ArmSnippet snippet = ArmSnippet.of(set, set == ArmSet.A32 ? body.replace(".w ", " ") : body);
    long from = snippet.at("probed").value();
    assertThat(from).isEqualTo(ArmSnippet.BASE + offset);
    byte[] jump = jumpTo(snippet, from + to);
    boolean loadsPc =
        set == ArmSet.A32
            ? (jump[3] & 0xF) == 0x5
            : jump[0] == (byte) 0xDF && jump[1] == (byte) 0xF8;
    assertThat(loadsPc).isEqualTo(!reached);
  }

  @ParameterizedTest(name = "b<c>.w from page offset {0} to {1}: {2}")
  @CsvSource({
    "0xffe, 0x100002, true",
    "0xffc, 0x100004, false",
    "0xffc, -0xffffc, true",
    "0xffe, -0xffffe, false",
  })
  void the_farthest_buffer_that_a_conditional_branch_reaches(int offset, long to, boolean keeps) {
    String body =
        """
        b.w 2f
        .space %d
        2: cmp r0, #3
        probed: bhi.w 1f
        adds r0, #1
        1: bx lr
        """
            .formatted(offset - 6);
    ArmSnippet snippet = ArmSnippet.of(ArmSet.T32, body);
    long from = snippet.at("probed").value();
    assertThat(from).isEqualTo(ArmSnippet.BASE + offset);
    byte[] jump = jumpTo(snippet, from + to);
    assertThat((jump[3] >>> 4 & 1) == 0).isEqualTo(keeps);
  }

  /** Optimizes and runs the probe, where the only free memory near by starts at an address. */
  private static byte[] jumpTo(ArmSnippet snippet, long buffer) {
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry(new OnlyAt(machine.target.text(), buffer)).build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = runs(machine, cpu);
      ProbeHandle probe = kprobes.register(Kprobe.at(snippet.at("probed")).build());
      kprobes.runOptimizer();
      assertThat(probe.tier()).contains(Tier.OPTIMIZED);
      assertThat(runs(machine, cpu)).as("%s", probe.picture()).isEqualTo(unprobed);
      assertThat(probe.hits()).isPositive();
      return machine.target.readBytes(snippet.at("probed").value(), 4);
    }
  }

  /** Bit 12 of the second halfword is clear in b&lt;c&gt;.w. */
  private static boolean isConditionalBranch(Result result) {
    return (result.written()[3] >>> 4 & 1) == 0;
  }

  /**
   * A text with one free place for the detour buffer, which is made second, and all others far
   * away.
   */
  private static final class OnlyAt extends ForwardingText {
    private static final AddressRange FAR = AddressRange.ofLength(FarText.FAR, 1 << 20);

    private final AddressRange place;
    private boolean copyMade;

    OnlyAt(TextMemory text, long address) {
      super(text);
      place = AddressRange.ofLength(address, 4096);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      if (within.contains(FAR.first()) && within.contains(FAR.last())) {
        copyMade = true;
        return super.allocate(bytes, FAR);
      }
      boolean fits = within.contains(place.first()) && within.contains(place.first() + bytes - 1);
      return fits && copyMade ? super.allocate(bytes, place) : OptionalLong.empty();
    }
  }
}
