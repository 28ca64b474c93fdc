package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.toy.ToyOp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a return probe's handlers see and may do, for each way of seeing entries and returns. */
class ReturnProbeTest extends CallingCodeTest {
  private final List<String> seen = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void handlersSeeEntryAndReturnOfEachCall(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle =
        register(
            way,
            returnProbe("f")
                .onEntry(r -> see("entry", r.get("a"), r.programCounter()))
                .returnHandler((i, r) -> see("return", i.returnValue(r), r.programCounter())));
    assertTransparent();

    assertThat(seen)
        .containsExactly(
            line("entry", 5, asm.at("f")),
            line("return", 8, asm.at("back1")),
            line("entry", 8, asm.at("f")),
            line("return", 11, asm.at("back2")));
    assertThat(handle.hits()).isEqualTo(2);
    assertThat(handle.returns()).isEqualTo(2);
    assertThat(handle.nmissed() + handle.instancesMissed()).isZero();
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void instanceSaysWhereTheCallReturnsToAndWhereItsStackWas(Way way) {
    twoCallsOfOneFunction(way);
    EntryHandler<Kretprobe.NoData> entry =
        (i, r) -> {
          see("entry", i.returnAddress(), i.entryStackPointer() - r.stackPointer());
          return EntryOutcome.TRACK;
        };
    ReturnHandler<Kretprobe.NoData> atReturn =
        (i, r) -> see("return", i.returnAddress(), i.entryStackPointer() + 2 - r.stackPointer());
    Kretprobe.Builder<Kretprobe.NoData> builder = returnProbe("f").entryHandler(entry);
    register(way, builder.returnHandler(atReturn));
    assertTransparent();

    assertThat(seen)
        .containsExactly(
            line("entry", asm.at("back1"), 0),
            line("return", asm.at("back1"), 0),
            line("entry", asm.at("back2"), 0),
            line("return", asm.at("back2"), 0));
  }

  @ParameterizedTest
  @EnumSource
  void handlersAreNotNeeded(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle = register(way, returnProbe("f"));
    assertTransparent();

    assertThat(handle.hits()).isEqualTo(2);
    assertThat(handle.returns()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void vetoedCallIsNotTrackedAndItsInstanceIsFreeAgain(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle =
        register(
            way,
            returnProbe("f")
                .maxActive(1)
                .entryHandler((i, r) -> r.get("a") == 5 ? EntryOutcome.VETO : EntryOutcome.TRACK)
                .returnHandler((i, r) -> see("return", i.returnValue(r), 0)));
    machine.reset(BASE);
    runTo("ret");
    assertThat(returnAddressNow()).as("left alone").isEqualTo(asm.at("back1"));
    assertThat(handle.active()).isZero();
    assertTransparent();

    assertThat(seen).containsExactly(line("return", 11, 0));
    assertThat(handle.hits()).isEqualTo(3);
    assertThat(handle.returns()).isEqualTo(1);
    assertThat(handle.instancesMissed()).isZero();
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void dataIsMadeAtRegistrationAndCarriedFromEntryToReturn(Way way) {
    AtomicInteger made = new AtomicInteger();
    Set<List<Integer>> identities = new HashSet<>();
    List<Integer> carried = new ArrayList<>();
    recursion(way, 2);
    ReturnProbeHandle<int[]> handle =
        register(
            way,
            Kretprobe.at(at(asm.at("down")), () -> new int[] {made.incrementAndGet(), 0})
                .maxActive(3)
                .entryHandler(
                    (i, r) -> {
                      i.data()[1] = (int) r.get("a") + 100;
                      return EntryOutcome.TRACK;
                    })
                .returnHandler(
                    (i, r) -> {
                      carried.add(i.data()[1] - (int) i.returnValue(r));
                      identities.add(List.of(System.identityHashCode(i.data()), i.data()[0]));
                    }));
    assertThat(made).as("at registration").hasValue(3);
    for (int run = 0; run < 5; run++) {
      assertTransparent();
    }

    // A call with a = n returns n.
    assertThat(carried).hasSize(15).containsOnly(100);
    assertThat(made).as("never on a hit").hasValue(3);
    assertThat(identities).as("the same objects again").hasSize(3);
    assertThat(handle.probe().data().get()).isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void dataThatCannotBeMadeLeavesNothingBehind(Way way) {
    twoCallsOfOneFunction(way);
    AtomicInteger made = new AtomicInteger();
    Kretprobe<Object> failing =
        Kretprobe.<Object>at(
                at(asm.at("f")),
                () -> {
                  if (made.incrementAndGet() == 2) {
                    throw new IllegalStateException("no data");
                  }
                  return made;
                })
            .build();
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> kprobes.register(failing)))
        .hasMessage("no data");

    assertThat(kprobes.probes()).isEmpty();
    assertTextIsOriginal();
    assertTransparent();
    assertThat(register(way, returnProbe("f")).isRegistered()).isTrue();
    assertTransparent();
  }

  @ParameterizedTest
  @EnumSource
  void registersThatAHandlerChangesCountAndItsProgramCounterDoesNot(Way way) {
    twoCallsOfOneFunction(way);
    register(
        way,
        returnProbe("f")
            .onEntry(
                r -> {
                  r.set("a", r.get("a") + 0x100);
                  r.setProgramCounter(0x7777);
                })
            .returnHandler(
                (i, r) -> {
                  r.set("x", 0x55);
                  r.set("a", r.get("a") + 0x1000);
                  r.setProgramCounter(0x6666);
                }));
    machine.reset(BASE);
    runTo("back1");

    assertThat(machine.get("a")).isEqualTo(0x1108);
    assertThat(machine.get("x")).isEqualTo(0x55);
    assertThat(machine.stackPointer()).isEqualTo(0xFFF0);
    machine.run();
    assertThat(machine.get("a")).isEqualTo(0x220B);
    assertThat(machine.programCounter()).isEqualTo(unprobed.pc());
  }

  @ParameterizedTest
  @EnumSource
  void entryHandlerMayMoveTheStackAndChangeWhereTheCallReturnsTo(Way way) {
    twoCallsOfOneFunction(way);
    register(
        way,
        returnProbe("f")
            .onEntry(
                r -> {
                  long moved = r.stackPointer() - 0x40;
                  machine.memory().store(moved, 2, asm.at("back2"));
                  r.set("sp", moved);
                })
            .returnHandler((i, r) -> see("return", i.returnAddress(), r.stackPointer())));
    machine.reset(BASE).run();

    assertThat(events).noneMatch(event -> event.startsWith("failed"));
    assertThat(seen).containsExactly(line("return", asm.at("back2"), 0xFFF0 - 0x40));
    assertThat(machine.get("a")).isEqualTo(8);
    assertThat(machine.programCounter()).isEqualTo(unprobed.pc());
  }

  @ParameterizedTest
  @EnumSource
  void functionThatIsNothingButAReturn(Way way) {
    if (way.tier() == Tier.EMULATED || way.tier() == Tier.OPTIMIZED) {
      return; // The return instruction is offered in neither.
    }
    begin("main").op(ToyOp.ADD, 5).to(ToyOp.CALL, "f").op16(ToyOp.ST, 0x20).op(ToyOp.HLT);
    begin("f").op(ToyOp.RET);
    startFunctions(way);
    ReturnProbeHandle<?> handle = register(way, returnProbe("f"));
    assertTransparent();

    assertThat(handle.returns()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void recursionIsTrackedCallByCall(Way way) {
    recursion(way, 4);
    ReturnProbeHandle<?> handle =
        register(
            way,
            returnProbe("down")
                .returnHandler((i, r) -> see("", i.returnValue(r), r.programCounter())));
    machine.reset(BASE);
    runTo("bottom");
    assertThat(handle.active()).isEqualTo(5);
    seen.clear();
    assertTransparent();

    assertNothingTracked(handle);
    assertThat(seen.subList(0, 4))
        .containsExactly(
            line("", 0, asm.at("inner")),
            line("", 1, asm.at("inner")),
            line("", 2, asm.at("inner")),
            line("", 3, asm.at("inner")));
    assertThat(seen.get(4)).isEqualTo(line("", 4, asm.at("back")));
  }

  @ParameterizedTest
  @EnumSource
  void callsBeyondMaxActiveAreCountedAndLeftAlone(Way way) {
    AtomicInteger entries = new AtomicInteger();
    recursion(way, 6);
    ReturnProbeHandle<?> handle =
        register(
            way,
            returnProbe("down")
                .maxActive(3)
                .onEntry(r -> entries.incrementAndGet())
                .returnHandler((i, r) -> see("", i.returnValue(r), 0)));
    assertThat(handle.maxActive()).isEqualTo(3);
    for (int run = 1; run <= 3; run++) {
      assertTransparent();
      assertThat(handle.hits()).isEqualTo(7L * run);
      assertThat(handle.returns()).isEqualTo(3L * run);
      assertThat(handle.instancesMissed()).isEqualTo(4L * run);
      assertThat(entries).as("no instance, no entry handler").hasValue(3 * run);
    }
    assertThat(seen.subList(0, 3)).containsExactly(line("", 4, 0), line("", 5, 0), line("", 6, 0));
    assertThat(handle.nmissed()).isZero();
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void handlersThatThrowAreReportedAndTheProgramGoesOn(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> atEntry =
        register(
            way,
            returnProbe("f")
                .maxActive(1)
                .onEntry(
                    r -> {
                      throw new IllegalStateException("entry");
                    })
                .returnHandler((i, r) -> see("never", 0, 0)));
    ReturnProbeHandle<?> atReturn =
        register(
            way,
            returnProbe("f")
                .returnHandler(
                    (i, r) -> {
                      throw new AssertionError("return");
                    }));
    ReturnProbeHandle<?> other =
        register(way, returnProbe("f").returnHandler((i, r) -> see("other", 0, 0)));
    events.clear();
    assertTransparent();

    assertThat(events)
        .containsExactly("failed entry", "failed return", "failed entry", "failed return");
    assertThat(seen).as("an exception is a veto").containsExactly("other 0 0", "other 0 0");
    assertThat(atEntry.hits()).isEqualTo(2);
    assertThat(atEntry.returns()).isZero();
    assertThat(atEntry.instancesMissed()).isZero();
    assertThat(atReturn.returns()).isEqualTo(2);
    assertNothingTracked(atEntry, atReturn, other);
  }

  @ParameterizedTest
  @EnumSource
  void callFromAHandlerIsMissedAndNotTracked(Way way) {
    twoCallsOfOneFunction(way);
    kprobes.register(
        Kprobe.at(at(asm.at("back1"))).onHit(r -> machine.runNested(asm.at("back1") + 3)).build());
    ReturnProbeHandle<?> handle = register(way, returnProbe("f"));
    assertTransparent();

    // The nested run starts at the second call.
    assertThat(handle.hits()).isEqualTo(2);
    assertThat(handle.nmissed()).isEqualTo(1);
    assertThat(handle.returns()).isEqualTo(2);
    assertThat(handle.instancesMissed()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void callFromAReturnHandlerIsMissedToo(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle =
        register(
            way, returnProbe("f").returnHandler((i, r) -> machine.runNested(asm.at("back1") + 3)));
    assertTransparent();

    assertThat(handle.hits()).isEqualTo(2);
    assertThat(handle.nmissed()).isEqualTo(2);
    assertNothingTracked(handle);
  }

  @Test
  void maxActiveIsTenOrTwiceTheCpusIfItIsNotGiven() {
    twoCallsOfOneFunction(Way.BOOSTED_AND_TRAPPED);
    int processors = Runtime.getRuntime().availableProcessors();

    assertThat(kprobes.register(returnProbe("f").build()).maxActive())
        .isEqualTo(Math.max(10, 2 * processors));
    int cpus = Math.max(10, processors) + 3;
    for (int i = 1; i < cpus; i++) {
      kprobes.newCpu(machine.memory());
    }
    assertThat(kprobes.register(returnProbe("f").build()).maxActive()).isEqualTo(2 * cpus);
  }

  @Test
  void maxActiveHasLimits() {
    twoCallsOfOneFunction(Way.BOOSTED_AND_TRAPPED);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> returnProbe("f").maxActive(4097))
        .withMessageContaining("4097");
    assertThatIllegalArgumentException().isThrownBy(() -> returnProbe("f").maxActive(-1));
    Kretprobe<Kretprobe.NoData> most = returnProbe("f").maxActive(4096).build();
    assertThat(kprobes.register(most).maxActive()).isEqualTo(4096);
    assertThat(most.maxActive()).isEqualTo(Kretprobe.MAX_ACTIVE_LIMIT);
  }

  private void see(String what, long first, long second) {
    seen.add(line(what, first, second));
  }

  private static String line(String what, long first, long second) {
    return "%s %x %x".formatted(what, first, second);
  }

  @Test
  void probeSaysWhatItIs() {
    Kretprobe<Kretprobe.NoData> probe = returnProbe(BASE).label("mine").build();

    assertThat(probe.toString()).startsWith("Kretprobe[mine at ").contains("4000");
    assertThat(probe.data().get()).isSameAs(Kretprobe.NoData.NONE);
    assertThat(Kretprobe.at("symbol").build().place()).isEqualTo(new SymbolOffset("symbol", 0));
  }
}
