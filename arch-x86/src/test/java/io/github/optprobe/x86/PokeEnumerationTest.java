package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.testkit.protocol.FetchModel;
import io.github.optprobe.testkit.protocol.ProtocolCheck;
import io.github.optprobe.testkit.protocol.ProtocolReport;
import io.github.optprobe.testkit.protocol.Verdict;
import io.github.optprobe.testkit.text.RecordingText;
import io.github.optprobe.testkit.text.TextEvent;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.x86.plan.JumpForms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The poke protocol by enumeration, for jumps of 2, 5, 6 and 14 bytes: after every poke a CPU that
 * may see each of its bytes old or new, in every combination, executes the old code, a breakpoint
 * or the new jump. It may stand at the start of the window only; where one stands at a boundary
 * inside, the jump waits. Source of the rule: Intel SDM volume 3, 9.1.3.
 */
class PokeEnumerationTest {
  /**
   * mov eax, edi; add eax, 7; mov rcx, rax; inc eax; nop; lea rax, [rax+rcx]; nop; then padding.
   */
  private static final Snippet SNIPPET =
      new Snippet(
          "window",
          "mov eax, edi; add eax, 7; mov rcx, rax; inc eax; nop; lea rax, [rax+rcx]; nop; ret",
          "89f883c0074889c1ffc090488d040890c3");

  private static final byte[] BEHIND = HexFormat.of().parseHex("cc".repeat(15) + "c3");

  static Stream<JumpForm> forms() {
    return Stream.of(JumpForms.ISLAND, JumpForms.RELATIVE, JumpForms.SLOT, JumpForms.ABSOLUTE);
  }

  private static CodeMap codeMap(long next) {
    return CodeMap.of(
        new CodeMap.Function("f", AddressRange.ofLength(Snippet.BASE, SNIPPET.code().length)),
        new CodeMap.Function("next", AddressRange.ofLength(next, 1)));
  }

  private static Kprobes kprobes(SnippetMachine machine, TextMemory text, JumpForm form) {
    int length = SNIPPET.code().length;
    machine.target.writeBytes(Snippet.BASE + length, BEHIND);
    long next = Snippet.BASE + length + BEHIND.length - 1;
    return Kprobes.builder(text)
        .architecture(new OneForm(form))
        .codeMap(codeMap(next))
        .gate(machine.target.gate())
        .build();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void every_stale_view_of_every_poke_is_old_code_a_breakpoint_or_the_jump(JumpForm form) {
    ProtocolReport report = enumerate(form);
    assertThat(report.isSafe()).as(report.toString()).isTrue();
    assertThat(report.count(Verdict.NEW)).isPositive();
    assertThat(report.views()).isGreaterThanOrEqualTo(2L * (1 << (form.bytes() - 1)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void after_every_poke_a_run_computes_the_same(JumpForm form) {
    try (SnippetMachine machine = new SnippetMachine(SNIPPET)) {
      RecordingText text = new RecordingText(machine.target.text());
      try (Kprobes kprobes = kprobes(machine, text, form)) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        String unprobed = machine.run(cpu, 3);
        List<String> runs = new ArrayList<>();
        text.afterEach(event -> runs.add(machine.run(cpu, 3)));

        ProbeHandle probe = kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).build());
        kprobes.runOptimizer();
        assertThat(probe.tier()).contains(Tier.OPTIMIZED);
        probe.close();

        // Breakpoint; breakpoint, tail, head; breakpoint, tail; original head.
        assertThat(text.writes().stream().filter(write -> isInJump(write, form)))
            .hasSize(1 + 3 + 2 + 1);
        assertThat(runs).hasSizeGreaterThan(14).allMatch(unprobed::equals);
      }
    }
  }

  /** Nothing is taken to be stored at once but a byte. */
  private static ProtocolReport enumerate(JumpForm form) {
    byte[] code = SNIPPET.code();
    long behind = Snippet.BASE + code.length;
    return ProtocolCheck.of(new OneForm(form), Snippet.BASE, code)
        .model(FetchModel.aligned(1))
        .map(behind, BEHIND)
        .codeMap(codeMap(behind + BEHIND.length - 1))
        .checkProbes();
  }

  private static boolean isInJump(TextEvent.Write write, JumpForm form) {
    return AddressRange.ofLength(Snippet.BASE, form.bytes()).contains(write.address());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void a_cpu_at_a_boundary_inside_the_window_keeps_the_jump_out(JumpForm form) {
    try (SnippetMachine machine = new SnippetMachine(SNIPPET)) {
      long[] boundaries = machine.boundaries();
      Occupied text = new Occupied(machine.target.text());
      try (Kprobes kprobes = kprobes(machine, text, form)) {
        ProbeHandle probe = kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).build());
        int waited = 0;
        for (long boundary : boundaries) {
          text.place = boundary;
          boolean inside = boundary > Snippet.BASE && boundary < Snippet.BASE + form.bytes();
          int optimized = kprobes.runOptimizer().optimized();
          if (inside) {
            assertThat(optimized).as("boundary %x", boundary).isZero();
            waited++;
          }
          probe.disable();
          probe.enable();
        }
        assertThat(waited).isEqualTo(inside(boundaries, form));
        text.place = 0;
        kprobes.runOptimizer();
        assertThat(probe.tier()).contains(Tier.OPTIMIZED);
      }
    }
  }

  /** Bug 40: what a CPU may be executing is never edited; only the window is. */
  @ParameterizedTest
  @MethodSource("forms")
  void buffers_slots_and_islands_are_written_once_before_anything_leads_there(JumpForm form) {
    try (SnippetMachine machine = new SnippetMachine(SNIPPET)) {
      RecordingText text = new RecordingText(machine.target.text());
      try (Kprobes kprobes = kprobes(machine, text, form)) {
        ProbeHandle probe = kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).build());
        assertThat(text.writes()).hasSizeGreaterThan(2);
        text.clear();
        kprobes.runOptimizer();
        probe.disable();
        probe.enable();
        kprobes.runOptimizer();

        assertThat(text.writes())
            .isNotEmpty()
            .allMatch(
                write -> Long.compareUnsigned(write.address() - Snippet.BASE, form.bytes()) < 0);
      }
    }
  }

  private static int inside(long[] boundaries, JumpForm form) {
    return (int)
        Arrays.stream(boundaries)
            .filter(at -> at > Snippet.BASE && at < Snippet.BASE + form.bytes())
            .count();
  }

  /** A text in which a CPU stands somewhere. */
  private static final class Occupied extends ForwardingText {
    private long place;

    Occupied(TextMemory text) {
      super(text);
    }

    @Override
    public boolean isQuiescent(AddressRange range) {
      return !range.contains(place) && super.isQuiescent(range);
    }

    @Override
    public Predicate<AddressRange> quiescence() {
      return this::isQuiescent;
    }
  }
}
