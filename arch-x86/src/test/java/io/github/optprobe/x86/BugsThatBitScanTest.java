package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bugs about what a function looks like from outside, and those of hooks in general, by the numbers
 * of the kprobes reference; the table of all is at {@link BugsThatBitX86Test}.
 *
 * <pre>
 * 34  int3 as padding, and as somebody's breakpoint      here, JumpFormExecutionTest
 * 35  jump into an indirect thunk                        here
 * 61  function shorter than the jump                     RefusalTest, JumpFormExecutionTest
 *     jump back into overwritten bytes                   here
 *     short branch that no longer reaches                here
 *     two tools patch the same bytes                     here
 *     thread suspended in the window                     PokeEnumerationTest, LateOptimizerTest
 *     call that asks where it stands                     here, ReturnIntoBufferTest
 *     data in text decoded as code                       here
 *     first instruction is the target of a loop          here
 * </pre>
 */
class BugsThatBitScanTest {
  private static final int SEEDS = 6;
  private static final long GATE = 0x60_0000;

  private static List<Snippet> both(String assembly, String hex) {
    return List.of(
        new Snippet(new X86_64(), assembly, assembly, hex),
        new Snippet(new X86_32(), assembly, assembly, hex));
  }

  /** Code that means the same to both; ebx and esp apart, any register may change. */
  static Stream<Snippet> padded() {
    return Stream.of(
            both("padding behind the end", "89c883c00583c103c3" + "cc".repeat(7)),
            both("padding behind a return", "85c97509b805000000c3ccccccb807000000c3"),
            both("padding behind a jump", "85c97405eb0acccccc31c0eb06cccccc83e80583c005c3"),
            both(
                "padding behind a function's end, called from above",
                "89c8e80500000083c005c3cc83c00183f805740483c101c383c003c3"),
            both(
                "padding behind a call that does not return",
                "89c885c0740483c005c3e802000000cccc5983c009c3"))
        .flatMap(List::stream);
  }

  @DisplayName("34: no function was optimized once linkers padded with int3")
  @ParameterizedTest
  @MethodSource("padded")
  void paddingIsDataToTheScan(Snippet snippet) {
    byte[] code = snippet.code();
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = runs(machine, cpu);
      int jumps = 0;
      for (long address : machine.boundaries()) {
        boolean padding = code[(int) (address - Snippet.BASE)] == (byte) 0xCC;
        Explanation explanation = kprobes.explain(machine.at(address));
        assertThat(explanation.isProbeable()).as("%s", explanation).isEqualTo(!padding);
        if (explanation.verdict(Tier.OPTIMIZED).isAccepted()) {
          jumps++;
          try (ProbeHandle probe = kprobes.register(probe(machine, address))) {
            kprobes.runOptimizer();
            assertThat(probe.tier()).contains(Tier.OPTIMIZED);
            assertThat(runs(machine, cpu)).isEqualTo(unprobed);
          }
        }
      }
      assertThat(jumps).isPositive();
    }
  }

  /** mov eax, ecx; add eax, 5, of which the first byte is a breakpoint; then five bytes more. */
  static Stream<Snippet> withABreakpoint() {
    return Stream.of(
            both("behind a mov", "89c8" + "ccc005" + "b907000000c3"),
            both("behind a conditional jump", "7500" + "ccc005" + "b907000000c3"),
            both("behind a loop", "e200" + "ccc005" + "b907000000c3"),
            both("at the entry", "ccc889c8" + "b907000000c3"))
        .flatMap(List::stream);
  }

  @DisplayName("34, 61: behind another tool's breakpoint nobody knows where instructions start")
  @ParameterizedTest
  @MethodSource("withABreakpoint")
  void breakpointOnTheWayIsNoPadding(Snippet snippet) {
    byte[] code = snippet.code();
    int breakpoint = code[0] == (byte) 0xCC ? 0 : 2;
    ByteArrayText text = ByteArrayText.at(Snippet.BASE, code.clone());
    try (Kprobes kprobes = registry(snippet.architecture(), text, code.length).build()) {
      for (int offset = 0; offset < code.length; offset++) {
        Explanation explanation = explain(kprobes, snippet.architecture(), offset);
        Optional<String> boosted = code(explanation, Tier.BOOSTED);
        Optional<String> optimized = code(explanation, Tier.OPTIMIZED);
        if (offset > breakpoint) {
          assertThat(boosted).as("offset %d", offset).contains("FUNCTION_UNDECODABLE");
          assertThat(optimized).as("offset %d", offset).contains("FUNCTION_UNDECODABLE");
        } else if (offset == breakpoint) {
          assertThat(boosted).contains("FOREIGN_BREAKPOINT");
        } else if (offset == 0) {
          assertThat(boosted).isEmpty();
          assertThat(optimized).contains("FOREIGN_BREAKPOINT");
        }
      }
    }
    assertThat(text.readFully(Snippet.BASE, code.length)).isEqualTo(code);
  }

  /** mov eax, ecx; add eax, 5; jmp to behind the function, where is: jmp *%eax (or rax). */
  @DisplayName("35: a jump into an indirect thunk was taken for a direct one")
  @Test
  void jumpIntoAThunkIsAnIndirectJump() {
    for (X86Architecture architecture : List.of(new X86_64(), new X86_32())) {
      String function = "5389c883c0055bb803000000eb01";
      int length = function.length() / 2;
      assertThat(thunk(architecture, function + "cc" + "ffe0", length)).contains("INDIRECT_JUMP");
      assertThat(thunk(architecture, function + "cc" + "90c3", length)).isEmpty();
    }
  }

  private static Optional<String> thunk(X86Architecture architecture, String hex, int length) {
    byte[] code = HexFormat.of().parseHex(hex);
    ByteArrayText text = ByteArrayText.at(Snippet.BASE, code);
    try (Kprobes kprobes = registry(architecture, text, length).build()) {
      assertThat(explain(kprobes, architecture, 1).isProbeable()).isTrue();
      return code(explain(kprobes, architecture, 1), Tier.OPTIMIZED);
    }
  }

  @DisplayName("61: bytes that the jump overwrites are jumped back into")
  @Test
  void windowThatALoopComesBackIntoIsLeftAlone() {
    // xor eax, eax; 1: add eax, 1; sub ecx, 1; jne 1b; ret
    for (Snippet snippet : both("loop", "31c0" + "83c001" + "83e901" + "75f8" + "c3")) {
      Explanation into = explain(snippet, 0);
      assertThat(code(into, Tier.OPTIMIZED)).contains("BRANCH_INTO_WINDOW");
      assertThat(into.isProbeable()).isTrue();
    }
  }

  @DisplayName("61: data in text was decoded as code")
  @Test
  void instructionsBehindDataAreNotBelieved() {
    // jmp 1f; data; 1: add eax, 5; nops; ret. Decoded from the start, the data swallows the add.
    for (Snippet snippet : both("data", "eb04" + "b8cccccc" + "83c00590909090c3")) {
      assertThat(explain(snippet, 0).isProbeable()).isTrue();
      assertThat(code(explain(snippet, 7), Tier.BOOSTED)).contains("FUNCTION_UNDECODABLE");
    }
    // cmp; je 1f; lock 1: add [eax], ecx; nops; ret: a branch over a prefix.
    for (Snippet snippet : both("prefix", "39c1" + "7401" + "f00108" + "90909090c3")) {
      assertThat(explain(snippet, 4).isProbeable()).isTrue();
      assertThat(explain(snippet, 7).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
    }
  }

  static Stream<Snippet> general() {
    return Stream.of(
            both("first instruction is the target of a loop", "83c001a80f75f9909090c3"),
            both("loop that reaches 127 bytes", "b903000000" + "83c001" + "e2fb" + "90909090c3"),
            both("short jump that reaches 127 bytes", "7503" + "83c001" + "83c00290909090c3"),
            both("call that asks where it stands", "e800000000" + "58" + "9090909090c3"),
            both("data behind a jump", "eb04" + "b8cccccc" + "83c00590909090c3"),
            both("half an instruction behind a jump", "eb01" + "b8" + "83c00590909090c3"))
        .flatMap(List::stream);
  }

  @DisplayName("61: what breaks hooks in general does not break probes")
  @ParameterizedTest
  @MethodSource("general")
  void probesOnEachInstructionInEachTierChangeNothing(Snippet snippet) {
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = runs(machine, cpu);
      int probed = 0;
      for (Tier tier : List.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)) {
        for (long address : machine.boundaries()) {
          if (kprobes.explain(machine.at(address)).verdict(tier).isAccepted()) {
            Kprobe kprobe = Kprobe.at(machine.at(address)).onHit(r -> {}).upTo(tier).build();
            try (ProbeHandle probe = kprobes.register(kprobe)) {
              kprobes.runOptimizer();
              assertThat(probe.tier()).contains(tier);
              assertThat(runs(machine, cpu)).as("%s", probe.picture()).isEqualTo(unprobed);
              probed++;
            }
          }
        }
      }
      assertThat(probed).isGreaterThan(2);
    }
  }

  private static Kprobe probe(SnippetMachine machine, long address) {
    return Kprobe.at(machine.at(address)).onHit(r -> {}).build();
  }

  private static List<String> runs(SnippetMachine machine, Cpu cpu) {
    List<String> ends = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      ends.add(machine.run(cpu, seed));
    }
    return ends;
  }

  private static Explanation explain(Snippet snippet, int offset) {
    byte[] code = snippet.code();
    ByteArrayText text = ByteArrayText.at(Snippet.BASE, code);
    try (Kprobes kprobes = registry(snippet.architecture(), text, code.length).build()) {
      return explain(kprobes, snippet.architecture(), offset);
    }
  }

  private static Explanation explain(Kprobes kprobes, X86Architecture architecture, int offset) {
    return kprobes.explain(new CodeAddress(Snippet.BASE + offset, architecture.instructionSet()));
  }

  private static Optional<String> code(Explanation explanation, Tier tier) {
    return explanation.verdict(tier).refusal().map(Refusal::code);
  }

  private static Kprobes.Builder registry(
      X86Architecture architecture, ByteArrayText text, int length) {
    AddressRange body = AddressRange.ofLength(Snippet.BASE, length);
    return Kprobes.builder(text)
        .architecture(architecture)
        .codeMap(CodeMap.of(new CodeMap.Function("f", body)))
        .gate(GATE);
  }
}
