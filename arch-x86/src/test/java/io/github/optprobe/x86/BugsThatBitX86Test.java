package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Resume;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bugs of the kernel's probes on x86, by the numbers of the reference: executed, and compared with
 * the unprobed run, on x86-64 and x86-32. What functions look like to the scan, and hooks in
 * general (34, 35, 61), is in {@link BugsThatBitScanTest}; emulation is in the emulator's test of
 * the same kind.
 *
 * <pre>
 * 24  jg and jle look at both flags                emulate.BugsThatBitTest
 * 25  negative displacements of short jumps        emulate.BugsThatBitTest
 * 26  return address is behind all of a call       emulate.BugsThatBitTest
 * 27  loop decrements first                        emulate.BugsThatBitTest
 * 28  ret n drops arguments                        emulate.BugsThatBitTest
 * 29  a vector opcode is no branch                 emulate.BugsThatBitTest, RefusalTest
 * 30  post-handler that comes later is called      here
 * 31  every length from 1 to 15                    here
 * 32  prefixes are part of the instruction         here
 * 33  far indirect jump is not near                emulate.BugsThatBitTest, RefusalTest
 * 34  int3 as padding, and as a breakpoint         BugsThatBitScanTest
 * 35  jump into an indirect thunk                  BugsThatBitScanTest, scan.JumpAnalysisTest
 * 36  mov ss, pop ss                               RefusalTest, Refusal32Test
 * 37  emulate prefix                               RefusalTest, Refusal32Test
 * 38  fault in a copy finds its fix-up             FaultHandlerTest, FaultInCopyTest
 * 39  fault while stepping corrupts nothing        here
 * 40  slots do not change once published           PokeEnumerationTest
 * 41  neighbours are read as they were             here
 * 42  displacement that does not reach             FarTargetTest, RefusalTest
 * 43  trap of a probe that is gone                 here
 * 44  descriptor outlives its readers              LateOptimizerTest
 * 45  int n, ud2                                   RefusalTest, Refusal32Test
 * 46  probe on a landing mark                      EntryTest
 * 61  hooks in general                             BugsThatBitScanTest
 * </pre>
 */
class BugsThatBitX86Test {
  private static final int SEEDS = 6;

  /** One of each length; GNU as's bytes, the prefix 3E repeated by hand. */
  private static final List<String> LENGTHS_64 =
      List.of(
          "98",
          "ffc0",
          "48ffc0",
          "4883c005",
          "b805000000",
          "81c111223344",
          "48c7c044332211",
          "488b042500044000",
          "480fb6042500044000",
          "48b88877665544332211",
          "8104250004400044332211",
          "488104250004400044332211",
          "f0488104250004400044332211",
          "3ef0488104250004400044332211",
          "3e3ef0488104250004400044332211");

  private static final List<String> LENGTHS_32 =
      List.of(
          "98",
          "01c8",
          "83c005",
          "8d442405",
          "b805000000",
          "81c111223344",
          "0fb60500044000",
          "f0830500044000" + "05",
          "3ef0830500044000" + "05",
          "81050004400044332211",
          "f081050004400044332211",
          "3ef081050004400044332211",
          "3e3ef081050004400044332211",
          "3e3e3ef081050004400044332211",
          "3e3e3e3ef081050004400044332211");

  static Stream<Arguments> lengthsAndTiers() {
    return Stream.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)
        .flatMap(
            tier ->
                IntStream.rangeClosed(1, 15)
                    .mapToObj(length -> List.of(wide(length), narrow(length)))
                    .flatMap(List::stream)
                    .map(snippet -> Arguments.of(snippet, tier)));
  }

  private static Snippet wide(int length) {
    return snippet(new X86_64(), length, LENGTHS_64.get(length - 1));
  }

  private static Snippet narrow(int length) {
    return snippet(new X86_32(), length, LENGTHS_32.get(length - 1));
  }

  /** Behind it nops and a return. */
  private static Snippet snippet(X86Architecture architecture, int length, String hex) {
    assertThat(hex).hasSize(2 * length);
    return new Snippet(architecture, length + " bytes", hex, hex + "9090909090c3");
  }

  @DisplayName("31: the second trap behind a 14-byte instruction was nobody's")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("lengthsAndTiers")
  void instructionsOfEveryLengthRun(Snippet snippet, Tier tier) {
    assertSameRuns(snippet, tier);
  }

  static Stream<Arguments> prefixedAndTiers() {
    List<Snippet> prefixed =
        List.of(
            new Snippet("lea eax, [edi+esi*1+5]", "", "678d4437059090909090c3"),
            new Snippet("mov rax, [eip+0x3f8]", "", "67488b05f80300009090c3"),
            new Snippet("addr32 call, and its ret", "", "67e807000000ffc090909090c383c003c3"),
            new Snippet("cs jne", "", "2e7503ffc090ffc09090909090c3"),
            new Snippet("cs call, and its ret", "", "2ee807000000ffc090909090c383c003c3"),
            new Snippet("jecxz", "", "67e303ffc090ffc09090909090c3"),
            new Snippet(new X86_32(), "jcxz", "", "67e30383c0019083c00190909090c3"),
            new Snippet(new X86_32(), "lea eax, [bx+di+5]", "", "678d41059090909090c3"),
            new Snippet(new X86_32(), "cs jne", "", "2e750383c00190909090c3"));
    return prefixed.stream()
        .flatMap(
            snippet ->
                Stream.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)
                    .map(tier -> Arguments.of(snippet, tier)));
  }

  @DisplayName(
      "32, 26: the prefix was looked for in the opcode; a prefixed call came back too early")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("prefixedAndTiers")
  void prefixesCount(Snippet snippet, Tier tier) {
    assertSameRuns(snippet, tier);
  }

  /** In the tier, hit as often as it runs, ending as it does unprobed. */
  private static void assertSameRuns(Snippet snippet, Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = runs(machine, cpu);
      ProbeHandle probe =
          kprobes.register(Kprobe.at(machine.at(Snippet.BASE)).onHit(r -> {}).upTo(tier).build());
      kprobes.runOptimizer();
      assertThat(probe.tier()).contains(tier);
      assertThat(runs(machine, cpu)).as("%s", probe.picture()).isEqualTo(unprobed);
      assertThat(probe.hits()).isEqualTo(SEEDS);
    }
  }

  private static List<String> runs(SnippetMachine machine, Cpu cpu) {
    List<String> ends = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      ends.add(machine.run(cpu, seed));
    }
    return ends;
  }

  static Stream<Snippet> straight() {
    return Stream.of(wide(3), wide(7), narrow(3), narrow(6));
  }

  @DisplayName("30: who joined a boosted probe with a post-handler never saw it called")
  @ParameterizedTest
  @MethodSource("straight")
  void postHandlerThatComesLaterIsCalled(Snippet snippet) {
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = runs(machine, cpu);
      ProbeHandle first =
          kprobes.register(Kprobe.at(machine.at(Snippet.BASE)).onHit(r -> {}).build());
      assertThat(first.tier()).contains(Tier.BOOSTED);
      kprobes.runOptimizer();
      assertThat(first.tier()).contains(Tier.OPTIMIZED);
      AtomicInteger called = new AtomicInteger();
      try (ProbeHandle second =
          kprobes.register(
              Kprobe.at(machine.at(Snippet.BASE))
                  .postHandler((probe, r) -> called.incrementAndGet())
                  .build())) {
        kprobes.runOptimizer();
        assertThat(runs(machine, cpu)).isEqualTo(unprobed);
        assertThat(called).hasValue(SEEDS);
        assertThat(second.hits()).isEqualTo(SEEDS);
      }
      kprobes.runOptimizer();
      assertThat(first.tier()).contains(Tier.OPTIMIZED);
      assertThat(runs(machine, cpu)).isEqualTo(unprobed);
      assertThat(called).hasValue(SEEDS);
      assertThat(first.hits()).isEqualTo(2L * SEEDS);
    }
  }

  static Stream<Arguments> faultsAndTiers() {
    List<Snippet> faults =
        List.of(
            new Snippet("mov rax, [0x10]", "", "488b042510000000c3"),
            new Snippet("push [0x10]", "", "ff342510000000c3"),
            new Snippet("jmp [0x10]", "", "ff242510000000c3"),
            new Snippet("rep movsb from [rsi]", "", "31f6b903000000f3a4909090c3"),
            new Snippet(new X86_32(), "mov eax, [0x10]", "", "8b0510000000c3"),
            new Snippet(new X86_32(), "push [0x10]", "", "ff3510000000c3"),
            new Snippet(new X86_32(), "call [0x10]", "", "ff1510000000c3"));
    return faults.stream()
        .flatMap(
            snippet ->
                Stream.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)
                    .map(tier -> Arguments.of(snippet, tier)));
  }

  @DisplayName("39: a fault while stepping left the wrong address and flags")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("faultsAndTiers")
  void faultShowsTheRegistersOfTheOriginal(Snippet snippet, Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> unprobed = faults(machine, cpu);
      for (long address : machine.boundaries()) {
        if (address - Snippet.BASE < snippet.code().length - 5) {
          probeEach(machine, kprobes, address, tier);
        }
      }
      kprobes.runOptimizer();

      assertThat(faults(machine, cpu)).isEqualTo(unprobed);
    }
  }

  private static void probeEach(SnippetMachine machine, Kprobes kprobes, long address, Tier tier) {
    ProbeHandle probe =
        kprobes.register(Kprobe.at(machine.at(address)).onHit(r -> {}).upTo(tier).build());
    assertThat(probe.tier()).isPresent();
  }

  /** Address, kind and all registers of the fault. */
  private static List<String> faults(SnippetMachine machine, Cpu cpu) {
    List<String> ends = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      int which = seed;
      assertThatExceptionOfType(GuestFaultException.class)
          .isThrownBy(() -> machine.run(cpu, which))
          .satisfies(
              fault -> ends.add("%x %s %x".formatted(fault.pc(), fault.kind(), fault.address())));
      for (String register : machine.target.registers().file().names()) {
        ends.add("%s %x".formatted(register, machine.target.registers().get(register)));
      }
    }
    return ends;
  }

  static Stream<Snippet> severalInstructions() {
    return Stream.of(
        Snippet.named("call_behind_short_instructions"),
        Snippet.named("call_behind_short_instructions", Snippet.all32()));
  }

  @DisplayName("41: an instruction behind a jump was read from the jump's own bytes")
  @ParameterizedTest
  @MethodSource("severalInstructions")
  void neighboursAreReadAsTheyWere(Snippet snippet) {
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      long[] boundaries = machine.boundaries();
      List<Explanation> before = explanations(machine, kprobes, boundaries);
      ProbeHandle probe =
          kprobes.register(Kprobe.at(machine.at(Snippet.BASE)).onHit(r -> {}).build());
      kprobes.runOptimizer();
      assertThat(probe.tier()).contains(Tier.OPTIMIZED);
      assertThat(machine.codeNow()).isNotEqualTo(snippet.code());

      assertThat(explanations(machine, kprobes, boundaries).stream().map(Explanation::instruction))
          .containsExactlyElementsOf(before.stream().map(Explanation::instruction).toList());
    }
  }

  private static List<Explanation> explanations(
      SnippetMachine machine, Kprobes kprobes, long[] boundaries) {
    List<Explanation> all = new ArrayList<>();
    for (long address : boundaries) {
      all.add(kprobes.explain(machine.at(address)));
    }
    return all;
  }

  @DisplayName("43: a trap whose probe was removed meanwhile was an oops")
  @ParameterizedTest
  @MethodSource("straight")
  void trapOfAProbeThatIsGoneIsTriedAgain(Snippet snippet) {
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      ProbeHandle probe =
          kprobes.register(Kprobe.at(machine.at(Snippet.BASE)).onHit(r -> {}).build());
      probe.close();
      Registers registers = machine.target.registers();
      registers.setProgramCounter(Snippet.BASE);

      assertThat(cpu.breakpoint(registers)).isEqualTo(Resume.CONTINUE);
      assertThat(registers.programCounter()).isEqualTo(Snippet.BASE);
    }
  }
}
