package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.toy.RouterView;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a router is told, when, in between which stores. Stores of a jump are one of two bytes
 * behind the breakpoint and one of one byte over it; its removal the other way round.
 */
class HitRouterTest extends ToyTest {
  private static final long PLACE = BASE + 4;
  private static final String HEAD = "store 4004 1";
  private static final String TAIL = "store 4005 2";

  private final RouterView router = new RouterView();

  @BeforeEach
  void program() {
    asm.to(ToyOp.JR, "over").label("f").op(ToyOp.INX).op(ToyOp.RET).label("over");
    for (int i = 0; i < 10; i++) {
      asm.op(ToyOp.NOP).op(ToyOp.INX);
    }
    asm.to(ToyOp.CALL, "f").op(ToyOp.HLT);
    start(builder -> builder.router(router));
    watchStores();
  }

  private void watchStores() {
    AddressRange program = AddressRange.ofLength(BASE, originalBytes().length);
    text.onWrite(
        range -> {
          if (program.overlaps(range)) {
            router.note("store %x %d".formatted(range.first(), range.length()));
          }
        });
  }

  private ProbeHandle register(String label) {
    return kprobes.register(kprobe(PLACE, label));
  }

  private static Kprobe kprobe(long address, String label) {
    return Kprobe.at(at(address)).label(label).build();
  }

  private void assertTold(String... events) {
    assertThat(router.news()).containsExactly(events);
  }

  private ProbeHandle jump() {
    ProbeHandle handle = register("a");
    kprobes.runOptimizer();
    router.news();
    return handle;
  }

  @Test
  void everythingIsPreparedBeforeTheBreakpointAndMembersAreToldBeforeRegisterReturns() {
    ProbeHandle handle = register("a");

    assertTold("prepared 4004", "detour 4004", HEAD, "BOOSTED [a] at 4004");
    assertThat(router.sites().get(PLACE).active()).containsExactly(handle);
  }

  @Test
  void trapsAreDivertedBeforeTheFirstStoreOfTheJump() {
    register("a");
    router.news();
    kprobes.runOptimizer();

    assertTold("diverted 4004", TAIL, HEAD);
    kprobes.runOptimizer();
    assertTold();
  }

  @Test
  void trapsAreDivertedUntilTheLastStoreOfTheRemovalOfTheJump() {
    ProbeHandle handle = jump();
    handle.disable();

    assertTold("BOOSTED [] at 4004", HEAD, TAIL, "not diverted 4004", HEAD);
    handle.enable();
    assertTold("BOOSTED [a] at 4004", HEAD);
    kprobes.runOptimizer();
    assertTold("diverted 4004", TAIL, HEAD);
  }

  @Test
  void probeIsRemovedWhenTheTextIsTheOriginal() {
    jump().close();

    assertTold("BOOSTED [] at 4004", HEAD, TAIL, "not diverted 4004", HEAD, "removed 4004");
    assertThat(router.sites()).isEmpty();
  }

  @Test
  void closingTheRegistryRemovesWhatIsThere() {
    jump();
    kprobes.close();

    assertTold("BOOSTED [] at 4004", HEAD, TAIL, "not diverted 4004", HEAD, "removed 4004");
  }

  @Test
  void membersAreToldInTheOrderInWhichTheyRun() {
    ProbeHandle a = jump();
    ProbeHandle b = register("b");
    assertTold("BOOSTED [a, b] at 4004");
    ProbeHandle c = register("c");
    assertTold("BOOSTED [a, b, c] at 4004");
    b.disable();
    assertTold("BOOSTED [a, c] at 4004");
    b.enable();
    assertTold("BOOSTED [a, b, c] at 4004");
    a.close();
    assertTold("BOOSTED [b, c] at 4004");
    kprobes.unregisterAll(List.of(c, b));
    assertTold("BOOSTED [] at 4004", HEAD, TAIL, "not diverted 4004", HEAD, "removed 4004");
  }

  @Test
  void membersOfAnAddressAreToldOnceForABatch() {
    kprobes.registerAll(List.of(kprobe(PLACE, "a"), kprobe(PLACE + 8, "x"), kprobe(PLACE, "b")));

    assertThat(router.news())
        .filteredOn(event -> event.contains(" at "))
        .containsExactly("BOOSTED [a, b] at 4004", "BOOSTED [x] at 400c");
  }

  @Test
  void postHandlerTakesTheJumpOutAndChangesTheTier() {
    jump();
    ProbeHandle post =
        kprobes.register(
            Kprobe.at(at(PLACE)).label("p").postHandler((kprobe, registers) -> {}).build());

    assertTold(HEAD, TAIL, "not diverted 4004", "EMULATED [a, p] at 4004");
    assertThat(post.tier()).contains(Tier.EMULATED);
    post.close();
    assertTold("BOOSTED [a] at 4004");
    kprobes.runOptimizer();
    assertTold("diverted 4004", TAIL, HEAD);
  }

  @Test
  void probeThatStartsDisabledHasNoHandlersYet() {
    ProbeHandle handle = kprobes.register(Kprobe.at(at(PLACE)).label("a").startDisabled().build());
    assertTold("prepared 4004", "detour 4004", "BOOSTED [] at 4004");
    handle.enable();
    assertTold("BOOSTED [a] at 4004", HEAD);
  }

  @Test
  void switchesThatConcernAllProbesDivertTooButChangeNoMembers() {
    jump();
    kprobes.setOptimizing(false);
    assertTold(HEAD, TAIL, "not diverted 4004");
    kprobes.setOptimizing(true);
    kprobes.runOptimizer();
    assertTold("diverted 4004", TAIL, HEAD);
    kprobes.disarmAll();
    assertTold(HEAD, TAIL, "not diverted 4004", HEAD);
    kprobes.armAll();
    assertTold(HEAD);
  }

  @Test
  void trapsAreNotDivertedAnyMoreWhereTheOptimizerHasToWait() {
    register("a");
    machine.reset(BASE);
    machine.runUntil(pc -> pc == PLACE + 1);
    router.news();
    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);

    assertTold("diverted 4004", "not diverted 4004");
  }

  @Test
  void textThatIsGoneIsRemovedWithoutAStore() {
    ProbeHandle handle = jump();
    text.write(BASE, originalBytes());
    router.news();
    kprobes.textRemoved(AddressRange.ofLength(BASE, originalBytes().length));

    assertTold("removed 4004");
    handle.close();
    assertTold();
  }

  @Test
  void objectionRefusesAndLeavesNothing() {
    router.object(culprit -> Optional.of(new Refusal.NotPermitted(culprit, "not here")));
    RefusedException thrown = catchThrowableOfType(RefusedException.class, () -> register("a"));

    assertThat(thrown.refusal())
        .isInstanceOfSatisfying(
            Refusal.NotPermitted.class, why -> assertThat(why.because()).isEqualTo("not here"));
    assertTold("prepared 4004", "removed 4004");
    assertNothingThere();
  }

  @Test
  void objectionToOneProbeOfABatchRefusesAll() {
    router.object(
        culprit ->
            Optional.<Refusal>of(new Refusal.NotPermitted(culprit, "not here"))
                .filter(refusal -> refusal.culprit().address().value() == PLACE + 8));
    RefusedException thrown =
        catchThrowableOfType(
            RefusedException.class,
            () ->
                kprobes.registerAll(
                    List.of(kprobe(PLACE, "a"), kprobe(PLACE + 8, "x"), kprobe(PLACE + 12, "y"))));

    assertThat(thrown.refusal().culprit().address()).isEqualTo(at(PLACE + 8));
    assertTold("prepared 4004", "prepared 400c", "removed 4004", "removed 400c");
    assertNothingThere();
  }

  @Test
  void objectionToASecondProbeLeavesTheFirst() {
    ProbeHandle first = jump();
    router.object(culprit -> Optional.of(new Refusal.NotPermitted(culprit, "one is enough")));
    assertThat(catchThrowable(() -> register("b"))).isInstanceOf(RefusedException.class);

    assertTold();
    assertThat(kprobes.probes()).containsExactly(first);
    assertThat(first.tier()).contains(Tier.OPTIMIZED);
    assertTransparent();
  }

  private void assertNothingThere() {
    assertTextIsOriginal();
    assertThat(kprobes.probes()).isEmpty();
    assertThat(kprobes.liveSlots()).isZero();
    assertTransparent();
  }

  private static TextException noMemory() {
    return new TextException(Operation.ALLOCATE, 0x77, 8, "the router has none");
  }

  private void failPreparing(String kind) {
    router.beforePreparing(
        what -> {
          if (what.equals(kind)) {
            throw noMemory();
          }
        });
  }

  @Test
  void probeWithoutMemoryInTheRouterIsNotRegistered() {
    failPreparing("probe");
    assertThat(catchThrowable(() -> register("a")))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("the router has none");

    assertTold();
    assertNothingThere();
    router.beforePreparing(what -> {});
    assertThat(register("a").tier()).contains(Tier.BOOSTED);
  }

  @Test
  void secondProbeOfABatchWithoutMemoryInTheRouterTakesTheFirstWithIt() {
    int[] left = {1};
    router.beforePreparing(
        what -> {
          left[0]--;
          if (left[0] < 0) {
            throw noMemory();
          }
        });
    assertThat(
            catchThrowable(
                () -> kprobes.registerAll(List.of(kprobe(PLACE, "a"), kprobe(PLACE + 8, "x")))))
        .isInstanceOf(TextException.class);

    assertTold("prepared 4004", "removed 4004");
    assertNothingThere();
  }

  @Test
  void detourWithoutMemoryInTheRouterLeavesABreakpointUntilItIsEnabledAgain() {
    failPreparing("detour");
    ProbeHandle handle = register("a");

    assertTold("prepared 4004", HEAD, "BOOSTED [a] at 4004");
    assertThat(handle.tier()).contains(Tier.BOOSTED);
    assertThat(handle.whyNotOptimized())
        .containsInstanceOf(Refusal.StoreFailed.class)
        .hasValueSatisfying(why -> assertThat(why.message()).contains("the router has none"));
    assertThat(kprobes.liveSlots()).as("that of the copy").isEqualTo(1);
    router.beforePreparing(what -> {});
    handle.disable();
    handle.enable();
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(Tier.OPTIMIZED);
    assertThat(router.news()).containsSubsequence("detour 4004", "diverted 4004", TAIL, HEAD);
    assertTransparent();
  }

  @Test
  void trampolineIsToldOnce() {
    Kretprobe<Kretprobe.NoData> kretprobe = Kretprobe.at(at(asm.at("f"))).build();
    functionsKnown();
    kprobes.register(kretprobe);
    assertThat(router.news()).containsOnlyOnce("trampoline").startsWith("prepared 4002");
    kprobes.register(kretprobe);
    assertThat(router.news()).doesNotContain("trampoline");
  }

  @Test
  void returnProbeWithoutMemoryForTheTrampolineIsNotRegistered() {
    functionsKnown();
    failPreparing("trampoline");
    Kretprobe<Kretprobe.NoData> kretprobe = Kretprobe.at(at(asm.at("f"))).build();
    assertThat(catchThrowable(() -> kprobes.register(kretprobe))).isInstanceOf(TextException.class);

    assertTold("prepared 4002", "removed 4002");
    assertNothingThere();
    router.beforePreparing(what -> {});
    kprobes.register(kretprobe);
    assertThat(router.news()).contains("trampoline");
  }

  /** Starts anew with "f" as a function of its own, whose entry can be a return probe's. */
  private void functionsKnown() {
    long end = BASE + originalBytes().length - 1;
    CodeMap map =
        CodeMap.of(
            new CodeMap.Function("main", new AddressRange(BASE, asm.at("f") - 1)),
            new CodeMap.Function("f", new AddressRange(asm.at("f"), asm.at("over") - 1)),
            new CodeMap.Function("rest", new AddressRange(asm.at("over"), end)));
    start(builder -> builder.router(router).codeMap(map));
    watchStores();
  }

  @Test
  void hitsOfTheRouterAreAddedToThoseOfCpus() {
    ProbeHandle handle = register("a");
    assertTransparent();
    assertThat(handle.hits()).isEqualTo(1);
    router.setMachineHits(1000);
    assertThat(handle.hits()).isEqualTo(1001);
    handle.close();
    assertThat(handle.hits()).as("also of one that is gone").isEqualTo(1001);
  }

  @Test
  void failedEnablingTellsWhatIsTheCaseAgain() {
    ProbeHandle handle = jump();
    handle.disable();
    router.news();
    faulty.failAfter(0, false);
    assertThat(catchThrowable(handle::enable)).isInstanceOf(TextException.class);

    assertThat(router.sites().get(PLACE).active()).isEmpty();
    assertThat(router.news()).startsWith("BOOSTED [a] at 4004").endsWith("BOOSTED [] at 4004");
  }

  @Test
  void failedUnregisteringTellsWhatIsTheCaseAgain() {
    ProbeHandle a = jump();
    ProbeHandle b = register("b");
    faulty.failFrom(0);
    assertThat(catchThrowable(() -> kprobes.unregisterAll(List.of(b, a))))
        .isInstanceOf(TextException.class);
    faulty.heal();

    assertThat(router.sites().get(PLACE).active()).containsExactly(a, b);
  }

  @Test
  void copiesAndBuffersOfSeveralRegistriesAreToldToEachItsOwn() {
    RouterView none = new RouterView();
    try (Kprobes second =
        Kprobes.builder(text)
            .architecture(new ToyArchitecture())
            .codeMap(CodeMap.of())
            .trustBoundaries()
            .router(none)
            .build()) {
      second.register(kprobe(PLACE + 8, "other"));
      register("a");
      assertThat(none.sites()).containsOnlyKeys(PLACE + 8);
      assertThat(router.sites()).containsOnlyKeys(PLACE);
    }
    List<Long> left = new ArrayList<>(none.sites().keySet());
    assertThat(left).isEmpty();
  }
}
