package io.github.optprobe;

import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.SymbolResolver.Symbol;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Probes at symbols: who is asked, when, and what the answer means. */
class SymbolTest extends ToyTest {
  private final List<Symbol> symbols = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  @BeforeEach
  void program() {
    for (int i = 0; i < 8; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op(ToyOp.HLT);
    start(builder -> builder.symbols(this::find));
  }

  private List<Symbol> find(String module, String name) {
    asked.add(module + ":" + name);
    return SymbolResolver.of(symbols.toArray(Symbol[]::new)).find(module, name);
  }

  private void symbol(String module, String name, long address, long size) {
    symbols.add(new Symbol(module, name, at(address), size));
  }

  private String refusal(SymbolOffset place) {
    return catchThrowableOfType(RefusedException.class, () -> kprobes.resolve(place))
        .refusal()
        .code();
  }

  @Test
  void standsWhereTheSymbolIs() {
    symbol("lib", "run", BASE + 2, 3);
    ProbeHandle start = kprobes.register(Kprobe.at("run").build());
    ProbeHandle later = kprobes.register(Kprobe.at("run", 2).build());

    assertThat(start.address()).isEqualTo(at(BASE + 2));
    assertThat(later.address()).isEqualTo(at(BASE + 4));
    assertThat(start.probe().place()).as("as it was asked for").hasToString("run+0x0");
    assertThat(byteAt(BASE + 2)).isEqualTo("cc");
    assertTransparent();
    assertThat(start.hits() + later.hits()).isEqualTo(2);
    assertThat(asked).containsExactly(":run", ":run");
  }

  @Test
  void sharesTheAddressWithAProbeThatWasRegisteredByAddress() {
    symbol("", "run", BASE + 2, 3);
    ProbeHandle byAddress = optimized(BASE + 3);
    ProbeHandle bySymbol = kprobes.register(Kprobe.at("run", 1).build());

    assertThat(bySymbol.tier()).contains(OPTIMIZED);
    assertThat(kprobes.probes()).containsExactly(byAddress, bySymbol);
    assertThat(kprobes.counters().addresses()).isEqualTo(1);
  }

  @Test
  void moduleChoosesAmongSymbolsOfOneName() {
    symbol("one", "run", BASE, 2);
    symbol("two", "run", BASE + 4, 2);

    assertThat(kprobes.resolve(new SymbolOffset("two", "run", 1))).isEqualTo(at(BASE + 5));
    assertThat(kprobes.resolve(new SymbolOffset("one", "run", 1))).isEqualTo(at(BASE + 1));
    assertThat(refusal(new SymbolOffset("run", 1))).isEqualTo("AMBIGUOUS_SYMBOL");
    assertThat(refusal(new SymbolOffset("three", "run", 1))).isEqualTo("UNKNOWN_SYMBOL");
    assertThat(new SymbolOffset("two", "run", 17)).hasToString("two:run+0x11");
    assertThat(kprobes.resolve(Kprobe.at("two", "run").build().place())).isEqualTo(at(BASE + 4));
    assertThat(kprobes.resolve(Kretprobe.at("one", "run").build().place())).isEqualTo(at(BASE));
  }

  @Test
  void aliasesAtOneAddressAreNotAmbiguousAndTheLongestCounts() {
    symbol("one", "run", BASE, 0);
    symbol("one", "run", BASE, 2);
    symbol("two", "run", BASE, 4);

    assertThat(kprobes.resolve(new SymbolOffset("run", 3))).isEqualTo(at(BASE + 3));
    assertThat(refusal(new SymbolOffset("run", 4))).isEqualTo("OFFSET_OUTSIDE_SYMBOL");
  }

  @Test
  void oneAddressInTwoInstructionSetsIsAmbiguous() {
    symbols.add(new Symbol("run", at(BASE), 2));
    symbols.add(new Symbol("run", new CodeAddress(BASE, SECOND), 2));

    assertThat(refusal(new SymbolOffset("run", 0))).isEqualTo("AMBIGUOUS_SYMBOL");
  }

  @Test
  void everyOffsetOfASymbolIsInsideAndItsEndIsNot() {
    symbol("", "run", BASE, 4);
    for (int offset = 0; offset < 4; offset++) {
      assertThat(kprobes.resolve(new SymbolOffset("run", offset))).isEqualTo(at(BASE + offset));
    }

    assertThat(refusal(new SymbolOffset("run", 4))).isEqualTo("OFFSET_OUTSIDE_SYMBOL");
    assertThat(refusal(new SymbolOffset("run", Long.MAX_VALUE))).isEqualTo("OFFSET_OUTSIDE_SYMBOL");
  }

  @Test
  void symbolOfUnknownSizeReachesToTheEndOfTheAddressSpace() {
    symbol("", "run", 0xFFF0, 0);

    assertThat(kprobes.resolve(new SymbolOffset("run", 0xF))).isEqualTo(at(0xFFFF));
    assertThat(refusal(new SymbolOffset("run", 0x10))).isEqualTo("OFFSET_OUTSIDE_SYMBOL");
  }

  @Test
  void offsetDoesNotWrapAroundTheTopOf64Bits() {
    InstructionSet wide = new InstructionSet("toy-wide", 64, 1);
    symbols.add(new Symbol("top", new CodeAddress(-16, wide), 0));
    symbols.add(new Symbol("sized", new CodeAddress(-16, wide), 64));
    try (Kprobes there =
        Kprobes.builder(text).architecture(new ToyArchitecture(wide)).symbols(this::find).build()) {
      assertThat(there.resolve(new SymbolOffset("top", 15)).value()).isEqualTo(-1);
      for (String name : List.of("top", "sized")) {
        RefusedException thrown =
            catchThrowableOfType(
                RefusedException.class, () -> there.resolve(new SymbolOffset(name, 16)));
        assertThat(thrown.refusal().code()).isEqualTo("OFFSET_OUTSIDE_SYMBOL");
      }
    }
  }

  @Test
  void namesAreNotEmptyAndOffsetsAndSizesNotNegative() {
    assertThatIllegalArgumentException().isThrownBy(() -> Kprobe.at("run", -1));
    assertThatIllegalArgumentException().isThrownBy(() -> Kprobe.at(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Symbol("run", at(BASE), -1))
        .withMessageContaining("run");
  }

  @Test
  void resolverIsAskedAgainAtEachRegistration() {
    Kprobe kprobe = Kprobe.at("run").build();
    assertThat(refusal(new SymbolOffset("run", 0))).isEqualTo("UNKNOWN_SYMBOL");
    symbol("", "run", BASE, 4);
    ProbeHandle first = kprobes.register(kprobe);
    symbols.clear();
    symbol("", "run", BASE + 4, 4);
    ProbeHandle second = kprobes.register(kprobe);

    assertThat(first.address()).as("a probe does not move").isEqualTo(at(BASE));
    assertThat(second.address()).isEqualTo(at(BASE + 4));
    symbols.clear();
    first.disable();
    first.enable();
    assertThat(byteAt(BASE)).as("what stands there needs no symbol").isEqualTo("cc");
  }

  @Test
  void resolverThatThrowsRegistersNothing() {
    symbol("", "run", BASE, 4);
    Kprobe good = Kprobe.at("run").build();
    symbols.add(null);

    assertThat(catchThrowableOfType(NullPointerException.class, () -> kprobes.register(good)))
        .isNotNull();
    assertThat(kprobes.probes()).isEmpty();
    assertTextIsOriginal();
  }

  @Test
  void addressResolvesToItself() {
    assertThat(kprobes.resolve(at(BASE + 1))).isEqualTo(at(BASE + 1));
    assertThat(asked).isEmpty();
  }

  @Test
  void listNamesTheFunctionWhereTheProbeStands() {
    symbol("lib", "alias", BASE + 3, 2);
    kprobes.register(Kprobe.at("alias").build());

    assertThat(kprobes.list()).singleElement().asString().contains("  k  toy+0x3 ");
  }
}
