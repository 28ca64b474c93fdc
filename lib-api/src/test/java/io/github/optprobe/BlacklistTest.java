package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.SymbolResolver.Symbol;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that no probe may touch: blacklisted, or reserved by others who patch it. */
class BlacklistTest extends ToyTest {
  private final List<Symbol> symbols = new ArrayList<>();

  /** Four functions; what is between them belongs to nobody. */
  @BeforeEach
  void program() {
    for (int i = 0; i < 8; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op16(ToyOp.LD, 0x0101).op(ToyOp.ADDW, 1, 1, 1);
    for (int i = 0; i < 8; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op(ToyOp.HLT);
    start(
        builder ->
            builder
                .trustBoundaries()
                .symbols((module, name) -> named(name))
                .codeMap(
                    CodeMap.of(
                        function("main", 0, 10),
                        function("wide", 12, 14),
                        function("foo", 15, 18),
                        function("foo.isra.0", 19, 23))));
  }

  private List<Symbol> named(String name) {
    return symbols.stream().filter(each -> each.name().equals(name)).toList();
  }

  private static CodeMap.Function function(String name, int first, int last) {
    return new CodeMap.Function(name, range(first, last));
  }

  private static AddressRange range(int first, int last) {
    return new AddressRange(BASE + first, BASE + last);
  }

  private Optional<Refusal> refusal(int offset) {
    return Optional.ofNullable(
            catchThrowableOfType(RefusedException.class, () -> probe(BASE + offset).close()))
        .map(RefusedException::refusal);
  }

  private Optional<String> code(int offset) {
    return refusal(offset).map(Refusal::code);
  }

  @Test
  void forbidsEveryAddressOfARangeAndNoneAround() {
    kprobes.blacklist(range(2, 4), "why");

    for (int offset = 0; offset < 8; offset++) {
      boolean inside = offset >= 2 && offset <= 4;
      assertThat(code(offset).isPresent()).as("offset %d", offset).isEqualTo(inside);
    }
    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10})
  void forbidsAnInstructionOfWhichAnyByteIsInside(int offset) {
    kprobes.blacklist(range(offset, offset), "a byte of the load");

    assertThat(code(8)).contains("BLACKLISTED");
    assertThat(code(7)).as("its window reaches in, its breakpoint does not").isEmpty();
    assertThat(code(11)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void windowThatReachesInStaysABreakpoint(boolean reserved) {
    if (reserved) {
      var unused = kprobes.reserve(range(4, 5), "somebody");
    } else {
      kprobes.blacklist(range(4, 5), "somebody");
    }
    List<ProbeHandle> handles = List.of(probe(BASE + 1), probe(BASE + 2), probe(BASE + 3));
    ProbeHandle behind = probe(BASE + 6);
    kprobes.runOptimizer();

    assertThat(handles.get(0).tier()).as("1 to 3").contains(BOOSTED);
    assertThat(handles.get(0).whyNotOptimized().orElseThrow().code()).isEqualTo("PROBE_IN_WINDOW");
    for (ProbeHandle reaching : handles.subList(1, 3)) {
      assertThat(reaching.tier()).contains(BOOSTED);
      assertThat(reaching.whyNotOptimized().orElseThrow().code())
          .isEqualTo(reserved ? "RESERVED" : "BLACKLISTED");
    }
    assertThat(behind.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  void refusalGivesTheReasonAndExplainingShowsIt() {
    kprobes.blacklist(range(2, 4), "the stack is not set up");
    var unused = kprobes.reserve(range(6, 6), "the tracer");

    assertThat(refusal(3).orElseThrow().message())
        .contains("BLACKLISTED", "[0x4002..0x4004]", "the stack is not set up", "0x4003  01  nop");
    assertThat(kprobes.explain(at(BASE + 3)).verdict(BOOSTED).refusal()).isEqualTo(refusal(3));
    assertThat(kprobes.explain(at(BASE + 6)).verdict(BOOSTED).refusal().orElseThrow().message())
        .contains("RESERVED", "the tracer");
    Explanation beside = kprobes.explain(at(BASE + 5));
    assertThat(beside.verdict(BOOSTED).isAccepted()).isTrue();
    assertThat(beside.verdict(OPTIMIZED).refusal().orElseThrow().rule()).contains("the tracer");
  }

  @Test
  void forbidsASymbolToTheExtentThatTheResolverKnows() {
    symbols.add(new Symbol("start", at(BASE + 1), 2));
    symbols.add(new Symbol("start", at(BASE + 5), 1));
    symbols.add(new Symbol("start", at(BASE + 7), 0));
    kprobes.blacklist("start", "why");

    assertThat(code(0)).isEmpty();
    assertThat(code(1)).contains("BLACKLISTED");
    assertThat(code(2)).contains("BLACKLISTED");
    assertThat(code(3)).isEmpty();
    assertThat(code(5)).as("all that have the name").contains("BLACKLISTED");
    assertThat(code(7)).as("of unknown size").isEmpty();
  }

  @Test
  void forbidsAFunctionOfTheCodeMapAndWhatACompilerMadeFromIt() {
    kprobes.blacklist("foo", "why");

    assertThat(code(15)).contains("BLACKLISTED");
    assertThat(code(18)).contains("BLACKLISTED");
    assertThat(refusal(19).orElseThrow().rule()).contains("[0x4013..0x4017]", "why");
    assertThat(code(7)).isEmpty();
  }

  @Test
  void nameWithASuffixForbidsThatOneOnly() {
    kprobes.blacklist("foo.isra.0", "why");

    assertThat(code(15)).isEmpty();
    assertThat(code(19)).contains("BLACKLISTED");
  }

  @Test
  void partOfANameForbidsNothing() {
    kprobes.blacklist("fo", "why");
    kprobes.blacklist("", "why");

    assertThat(code(15)).isEmpty();
    assertThat(code(19)).isEmpty();
  }

  @Test
  void forbidsAnInstructionThatBeginsInFrontOfAForbiddenFunction() {
    kprobes.blacklist("wide", "its first byte is the second of the instruction");

    assertThat(code(11)).contains("BLACKLISTED");
  }

  @Test
  void probeInTheWayIsAnErrorAndNothingChanges() {
    symbols.add(new Symbol("start", at(BASE + 1), 2));
    ProbeHandle handle = optimized(BASE);
    byte[] before = textNow();
    for (Runnable limit :
        List.<Runnable>of(
            () -> kprobes.blacklist(range(0, 0), "why"),
            () -> kprobes.blacklist(range(2, 7), "the window reaches in"),
            () -> kprobes.blacklist("start", "by the resolver"),
            () -> kprobes.blacklist("main", "by the code map"),
            () -> kprobes.reserve(range(2, 2), "who"))) {
      assertThatIllegalStateException().isThrownBy(limit::run).withMessageContaining("0x4000");
      assertThat(textNow()).isEqualTo(before);
      assertThat(handle.tier()).contains(OPTIMIZED);
    }
    handle.close();

    assertThat(code(0)).as("none of them holds").isEmpty();
    assertThat(code(2)).isEmpty();
    kprobes.blacklist("main", "now it does");
    assertThat(code(0)).contains("BLACKLISTED");
  }

  @Test
  void disabledProbeIsInTheWayToo() {
    probe(BASE).disable();

    assertThatIllegalStateException().isThrownBy(() -> kprobes.reserve(range(0, 0), "who"));
  }

  @Test
  void closedReservationLetsProbesInAndJumpsAgain() {
    Reservation reservation = kprobes.reserve(range(2, 3), "who");
    ProbeHandle handle = probe(BASE + 1);
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(BOOSTED);
    reservation.close();

    assertThat(handle.whyNotOptimized()).isEmpty();
    assertThat(handle.state()).isEqualTo(ProbeState.OPTIMIZING);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertTransparent();
    handle.close();
    assertThat(code(2)).isEmpty();
  }

  @Test
  void reservationIsClosedOnce() {
    Reservation first = kprobes.reserve(range(2, 3), "first");
    Reservation second = kprobes.reserve(range(2, 3), "second");
    assertThat(second.range()).isEqualTo(range(2, 3));
    first.close();
    first.close();

    assertThat(refusal(2).orElseThrow().rule()).contains("second");
    second.close();
    assertThat(code(2)).isEmpty();
  }

  @Test
  void secondReservationOfTheSameRangeKeepsTheBreakpoint() {
    Reservation first = kprobes.reserve(range(2, 3), "first");
    Reservation second = kprobes.reserve(range(3, 3), "second");
    ProbeHandle handle = probe(BASE + 1);
    first.close();

    assertThat(kprobes.runOptimizer().optimized()).isZero();
    assertThat(handle.whyNotOptimized().orElseThrow().rule()).contains("second");
    second.close();
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
  }

  @Test
  void reservationMayBeClosedAfterTheRegistry() {
    Reservation reservation = kprobes.reserve(range(2, 3), "who");
    kprobes.close();
    reservation.close();

    assertTextIsOriginal();
  }
}
