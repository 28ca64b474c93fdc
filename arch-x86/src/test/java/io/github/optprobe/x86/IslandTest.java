package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.text.Fault;
import io.github.optprobe.testkit.text.FaultInjectingText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions too short for {@code jmp rel32}, with padding behind them. */
class IslandTest {
  /** Two functions, mov eax, edi; ret, with eight bytes between them; a third one. */
  private static final Snippet SNIPPET =
      new Snippet(
          "short",
          "mov eax, edi; ret; (gap); lea eax, [rdi+1]; ret; (gap); mov eax, edi; ret",
          "89f8c3" + "cccccccccccccccc" + "8d4701c3" + "6690cccccc90" + "89f8c3");

  private static final long FIRST = Snippet.BASE;
  private static final AddressRange GAP = AddressRange.ofLength(FIRST + 3, 8);
  private static final long SECOND = FIRST + 11;
  private static final AddressRange SECOND_GAP = AddressRange.ofLength(SECOND + 4, 6);
  private static final long THIRD = SECOND + 10;

  private final SnippetMachine machine = new SnippetMachine(SNIPPET);
  private final FaultInjectingText text = new FaultInjectingText(machine.target.text());
  private Kprobes kprobes = registry().build();
  private final Cpu cpu = kprobes.newCpu(machine.target.data());
  private final String unprobed = machine.run(cpu, 2);

  private Kprobes.Builder registry() {
    return Kprobes.builder(text)
        .architecture(machine.architecture)
        .codeMap(
            CodeMap.of(
                function("first", FIRST, 3),
                function("second", SECOND, 4),
                function("third", THIRD, 3)))
        .gate(machine.target.gate());
  }

  private static CodeMap.Function function(String name, long start, int length) {
    return new CodeMap.Function(name, AddressRange.ofLength(start, length));
  }

  @AfterEach
  void close() {
    text.heal();
    kprobes.close();
    assertThat(kprobes.liveSlots()).isZero();
    machine.close();
  }

  private ProbeHandle probe(long address) {
    return kprobes.register(Kprobe.at(X86_64.at(address)).onHit(r -> {}).build());
  }

  private ProbeHandle optimized(long address) {
    ProbeHandle probe = probe(address);
    kprobes.runOptimizer();
    assertThat(probe.tier()).contains(Tier.OPTIMIZED);
    return probe;
  }

  private byte[] bytes(AddressRange range) {
    return machine.target.readBytes(range.first(), (int) range.length());
  }

  @Test
  void a_function_of_three_bytes_is_optimized_through_the_padding_behind_it() {
    ProbeHandle probe = optimized(FIRST);

    assertThat(machine.run(cpu, 2)).isEqualTo(unprobed);

    assertThat(probe.hits()).isEqualTo(1);
    assertThat(machine.codeNow()[0]).isEqualTo((byte) 0xEB);
    assertThat(probe.picture().toString())
        .contains("jmp", "jmp rel8 to an island by way of 0x" + Long.toHexString(GAP.first()));
    assertThat(probe.whyNotOptimized()).isEmpty();
  }

  @Test
  void a_program_counter_in_the_island_is_the_probed_address() {
    optimized(FIRST);

    assertThat(kprobes.originalAddress(GAP.first())).isEqualTo(OptionalLong.of(FIRST));
    assertThat(kprobes.originalAddress(GAP.first() + 4)).isEqualTo(OptionalLong.of(FIRST));
    assertThat(kprobes.originalAddress(GAP.last())).isEmpty();
    assertThat(kprobes.relocatedInstructionAt(GAP.first())).isEmpty();
  }

  @Test
  void the_original_text_shows_the_padding() {
    optimized(FIRST);
    assertThat(machine.codeNow()).isNotEqualTo(SNIPPET.code());

    byte[] original = kprobes.originalText().readFully(FIRST, SNIPPET.code().length);

    assertThat(original).isEqualTo(SNIPPET.code());
    assertThat(kprobes.originalText().readFully(GAP.first() + 2, 2)).containsOnly(0xCC);
  }

  @Test
  void unregistering_restores_the_padding() {
    ProbeHandle probe = optimized(FIRST);

    probe.close();

    assertThat(machine.codeNow()).isEqualTo(SNIPPET.code());
    assertThat(kprobes.liveSlots()).isZero();
    assertThat(kprobes.originalAddress(GAP.first())).isEmpty();
  }

  @Test
  void no_two_probes_share_an_island() {
    ProbeHandle first = optimized(FIRST);
    byte[] island = bytes(GAP);
    ProbeHandle second = optimized(SECOND);

    assertThat(bytes(GAP)).isEqualTo(island);
    ProbeHandle third = probe(THIRD);
    // Three bytes are left of one gap, and one of the other.
    assertThat(third.whyNotOptimized().orElseThrow().code()).isEqualTo("WINDOW_LEAVES_FUNCTION");
    assertThat(second.picture().toString()).contains(Long.toHexString(SECOND_GAP.first()));
    first.close();
    third.close();
    assertThat(machine.run(cpu, 2)).isEqualTo(unprobed);
    assertThat(second.tier()).contains(Tier.OPTIMIZED);
  }

  @Test
  void the_explanation_says_what_would_be_written_and_what_was_tried() {
    Explanation explanation = kprobes.explain(X86_64.at(FIRST));

    Explanation.Verdict verdict = explanation.verdict(Tier.OPTIMIZED);
    assertThat(verdict.form().orElseThrow().bytes()).isEqualTo(2);
    assertThat(verdict.patches()).hasSize(2);
    assertThat(verdict.patches().get(1).before()).isEqualTo("cc cc cc cc cc");
    assertThat(verdict.toString()).contains("as jmp rel8 to an island", "within 127 bytes");
    assertThat(machine.codeNow()).isEqualTo(SNIPPET.code());
    assertThat(kprobes.liveSlots()).isZero();

    ProbeHandle one = optimized(FIRST);
    ProbeHandle two = optimized(SECOND);
    assertThat(kprobes.explain(X86_64.at(THIRD)).verdict(Tier.OPTIMIZED).toString())
        .contains("WINDOW_LEAVES_FUNCTION", "not as jmp rel8 to an island", "NO_MEMORY_IN_REACH");
    one.close();
    two.close();
  }

  @Test
  void an_island_is_neither_probed_nor_reserved() {
    kprobes.close();
    kprobes = registry().trustBoundaries().build();
    optimized(FIRST);

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> probe(GAP.first()))
        .satisfies(thrown -> assertThat(thrown.refusal().code()).isEqualTo("OWN_CODE"));
    assertThatIllegalStateException()
        .isThrownBy(() -> kprobes.reserve(AddressRange.ofLength(GAP.first() + 4, 1), "other"));
  }

  @Test
  void a_probe_or_a_reservation_in_the_padding_keeps_islands_out() {
    kprobes.close();
    kprobes = registry().trustBoundaries().build();
    ProbeHandle inside = probe(SECOND_GAP.first());
    try (var reserved = kprobes.reserve(AddressRange.ofLength(GAP.first() + 4, 1), "other")) {
      assertThat(probe(FIRST).whyNotOptimized()).isPresent();
      assertThat(reserved.owner()).isEqualTo("other");
    }
    inside.close();
    assertThat(machine.codeNow()[0]).isEqualTo((byte) 0xCC);
  }

  @Test
  void text_that_is_removed_takes_its_island_with_it() {
    ProbeHandle probe = optimized(FIRST);

    assertThatIllegalArgumentException().isThrownBy(() -> kprobes.textRemoved(GAP));
    assertThat(probe.tier()).contains(Tier.OPTIMIZED);
    kprobes.textRemoved(AddressRange.ofLength(FIRST, SNIPPET.code().length));
    // Other text is there now: nothing of ours may be written into it.
    machine.target.writeBytes(FIRST, SNIPPET.code());
    byte[] other = HexFormat.of().parseHex("0102030405060708");
    machine.target.writeBytes(GAP.first(), other);
    kprobes.runOptimizer();

    assertThat(bytes(GAP)).isEqualTo(other);
    assertThat(kprobes.liveSlots()).isZero();
    machine.target.writeBytes(FIRST, SNIPPET.code());
  }

  /** What is no padding, or may be reached: a gap of eight bytes behind a function of three. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a function that goes on,            89f890, cccccccccccccccc",
    "a function that ends with a call,   ffd090, cccccccccccccccc",
    "other bytes,                        89f8c3, cccccccccccccc00",
    "an endbr64 may be a function,       89f8c3, f30f1efacccccccc",
    "a nop that runs into the next,      89f8c3, 9090909090900f1f",
    "a jump into the gap,                eb0290, cccccccccccccccc",
  })
  void what_may_be_executed_is_no_padding(String what, String function, String gap) {
    byte[] code = HexFormat.of().parseHex(function + gap + "8d4701c3");
    var bytes = io.github.optprobe.text.ByteArrayText.at(FIRST, code);
    CodeMap map = CodeMap.of(function("first", FIRST, 3), function("second", SECOND, 4));
    try (Kprobes registry = Kprobes.builder(bytes).codeMap(map).gate(1).build()) {
      assertThat(registry.explain(X86_64.at(SECOND)).verdict(Tier.OPTIMIZED).isAccepted())
          .as(what)
          .isFalse();
    }
    // The same with a return and with breakpoints is accepted.
    byte[] padded = HexFormat.of().parseHex("89f8c3" + "cccccccccccccccc" + "8d4701c3");
    var other = io.github.optprobe.text.ByteArrayText.at(FIRST, padded);
    try (Kprobes registry = Kprobes.builder(other).codeMap(map).gate(1).build()) {
      assertThat(registry.explain(X86_64.at(SECOND)).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
    }
  }

  /** Each store and synchronisation of each operation fails once, also half-way. */
  static Stream<Arguments> everyFault() {
    return Stream.of("register", "optimize", "disable", "close")
        .flatMap(
            operation ->
                Stream.of(Operation.WRITE, Operation.SYNCHRONIZE)
                    .flatMap(
                        kind ->
                            IntStream.rangeClosed(1, 7)
                                .mapToObj(nth -> Fault.at(kind, nth))
                                .flatMap(fault -> Stream.of(fault, fault.afterWriting(2)))
                                .map(fault -> Arguments.of(operation, fault))));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("everyFault")
  void after_a_failing_step_nothing_is_left_behind(String operation, Fault fault) {
    Consumer<Kprobes> before =
        registry -> {
          if (!operation.equals("register")) {
            probe(FIRST);
          }
          if (operation.equals("disable") || operation.equals("close")) {
            registry.runOptimizer();
          }
        };
    before.accept(kprobes);
    boolean registering = operation.equals("register");
    text.inject(fault);

    Throwable thrown = catchThrowable(() -> act(operation));

    assertThat(thrown == null || thrown instanceof TextException).isTrue();
    text.heal();
    if (registering
        && !kprobes.probes().isEmpty()
        && kprobes.probes().get(0).whyNotOptimized().isPresent()) {
      // Its island was refused: the padding is as it was.
      assertThat(bytes(GAP)).containsOnly(0xCC);
    }
    assertThat(machine.run(cpu, 2)).isEqualTo(unprobed);
    kprobes.runOptimizer();
    assertThat(machine.run(cpu, 2)).isEqualTo(unprobed);
    kprobes.close();
    assertThat(machine.codeNow()).isEqualTo(SNIPPET.code());
  }

  private void act(String operation) {
    switch (operation) {
      case "register" -> probe(FIRST);
      case "optimize" -> kprobes.runOptimizer();
      case "disable" -> kprobes.probes().get(0).disable();
      default -> kprobes.probes().get(0).close();
    }
  }

  @Test
  void an_island_that_can_not_be_restored_is_tried_again_and_reported_when_closing() {
    ProbeHandle probe = optimized(FIRST);
    // Breakpoint, tail, original head; then the island.
    text.inject(Fault.at(Operation.WRITE, 4).fromThenOn());
    probe.close();
    assertThat(Arrays.copyOf(machine.codeNow(), 3)).isEqualTo(Arrays.copyOf(SNIPPET.code(), 3));
    assertThat(bytes(GAP)[0]).isEqualTo((byte) 0xE9);
    assertThat(kprobes.originalText().readFully(GAP.first(), 8)).containsOnly(0xCC);

    assertThatExceptionOfType(TextException.class).isThrownBy(kprobes::close);
    text.heal();
    kprobes.close();

    assertThat(machine.codeNow()).isEqualTo(SNIPPET.code());
  }
}
