package io.github.optprobe;

import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.SymbolResolver.Symbol;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyOp;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The refusals that are about the place asked for; {@link RefusalTest} has the others. */
class PlaceRefusalTest extends RefusingTest {
  private void beginWith(Symbol... symbols) {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder.symbols(SymbolResolver.of(symbols)));
  }

  /** Registering there is refused, and resolving it too. */
  private Refusal refusedPlace(SymbolOffset place) {
    Refusal refusal = refusedRegistration(Kprobe.at(place).build());
    RefusedException thrown =
        catchThrowableOfType(RefusedException.class, () -> kprobes.resolve(place));
    assertThat(thrown.refusal()).isEqualTo(refusal);
    assertThat(refusal.rule()).contains(place.toString());
    return refusal;
  }

  @Test
  void unknownSymbol() {
    beginWith(new Symbol("libone", "run", at(BASE), 4));

    for (SymbolOffset place :
        List.of(new SymbolOffset("walk", 0), new SymbolOffset("libtwo", "run", 1))) {
      Refusal refusal = refusedPlace(place);
      assertThat(refusal.code()).isEqualTo("UNKNOWN_SYMBOL");
      assertThat(refusal.culprit().disassembly()).isEqualTo("(no address)");
    }
  }

  @Test
  void ambiguousSymbol() {
    beginWith(
        new Symbol("libone", "run", at(BASE), 2), new Symbol("libtwo", "run", at(BASE + 2), 2));

    Refusal refusal = refusedPlace(new SymbolOffset("run", 1));
    assertThat(refusal.code()).isEqualTo("AMBIGUOUS_SYMBOL");
    assertThat(refusal.rule()).contains("2 symbols", "0x4000", "0x4002");
    assertThat(refusal.culprit()).hasToString("0x4000  01  nop");
  }

  @Test
  void offsetOutsideSymbol() {
    beginWith(new Symbol("run", at(BASE), 3));

    for (long offset : new long[] {3, 4, 0x10000, Long.MAX_VALUE}) {
      Refusal refusal = refusedPlace(new SymbolOffset("run", offset));
      assertThat(refusal.code()).isEqualTo("OFFSET_OUTSIDE_SYMBOL");
      assertThat(refusal.rule()).contains("3 bytes");
    }
  }

  @Test
  void blacklisted() {
    beginWith();
    kprobes.blacklist(AddressRange.ofLength(BASE + 2, 1), "entered with the stack unusable");

    Refusal refusal = refused(BASE + 2);
    assertThat(refusal.code()).isEqualTo("BLACKLISTED");
    assertThat(refusal.rule()).contains("[0x4002..0x4002]", "entered with the stack unusable");
    assertThat(slow(BASE).code()).as("for the window").isEqualTo("BLACKLISTED");
    assertThat(slow(BASE).culprit().address()).isEqualTo(at(BASE));
  }

  @Test
  void reserved() {
    beginWith();
    try (Reservation reservation =
        kprobes.reserve(AddressRange.ofLength(BASE + 1, 2), "the tracer")) {
      assertThat(reservation.owner()).isEqualTo("the tracer");
      assertThat(refused(BASE + 2).code()).isEqualTo("RESERVED");
      assertThat(slow(BASE).rule()).contains("[0x4001..0x4002]", "the tracer");
    }
    ProbeHandle handle = optimized(BASE);
    assertThat(handle.tier()).contains(OPTIMIZED);
    handle.close();
  }

  @Test
  void notFunctionEntry() {
    beginWith();

    Refusal refusal = refusedRegistration(Kretprobe.at(at(BASE + 1)).build());
    assertThat(refusal.code()).isEqualTo("NOT_FUNCTION_ENTRY");
    assertThat(refusal.rule()).contains("toy");
    assertThat(refusal.culprit()).hasToString("0x4001  01  nop");
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void noReturnProbes() {
    asm.op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder.architecture(new ToyArchitecture(SECOND).withoutCalls()));

    Refusal refusal = refusedRegistration(Kretprobe.at(new CodeAddress(BASE, SECOND)).build());
    assertThat(refusal.code()).isEqualTo("NO_RETURN_PROBES");
    assertThat(refusal.rule()).contains("toy-second");
    assertThat(kprobes.liveSlots()).isZero();
  }
}
