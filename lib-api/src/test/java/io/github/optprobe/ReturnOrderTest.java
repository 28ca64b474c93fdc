package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.optprobe.toy.ToyOp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Several probes track one call, functions jump into each other, and calls do not return in the
 * order in which they came.
 */
class ReturnOrderTest extends CallingCodeTest {
  private final List<String> seen = new ArrayList<>();

  private ReturnProbeHandle<?> noting(Way way, String name, String function) {
    return register(
        way,
        returnProbe(function)
            .onEntry(r -> seen.add("+" + name))
            .returnHandler(
                (i, r) -> seen.add("-%s:%x@%x".formatted(name, r.get("a"), i.returnAddress()))));
  }

  @ParameterizedTest
  @EnumSource
  void latestEntryReturnsFirstWhereSeveralProbesTrackOneCall(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> one = noting(way, "one", "f");
    ReturnProbeHandle<?> two = noting(way, "two", "f");
    ReturnProbeHandle<?> three = noting(way, "three", "f");
    machine.reset(BASE);
    runTo("back1");

    String at = "@%x".formatted(asm.at("back1"));
    assertThat(seen)
        .as("each knows the real return address")
        .containsExactly("+one", "+two", "+three", "-three:8" + at, "-two:8" + at, "-one:8" + at);
    two.disable();
    assertTransparent();
    assertThat(seen.subList(6, 8)).containsExactly("+one", "+three");
    assertThat(List.of(one.returns(), two.returns(), three.returns())).containsExactly(3L, 1L, 3L);
    assertNothingTracked(one, two, three);
  }

  @ParameterizedTest
  @EnumSource
  void kprobesAtTheEntryRunInRegistrationOrderBetweenThem(Way way) {
    twoCallsOfOneFunction(way);
    List<Long> returnAddresses = new ArrayList<>();
    Kprobe.Builder before = Kprobe.at(at(asm.at("f"))).onHit(r -> seen.add("before"));
    kprobes.register(before.build());
    noting(way, "f", "f");
    Kprobe.Builder behind =
        Kprobe.at(at(asm.at("f")))
            .onHit(
                r -> {
                  seen.add("behind");
                  long found = machine.memory().load(r.stackPointer(), 2);
                  returnAddresses.add(
                      cpu.originalReturnAddress(found, r.stackPointer()).orElseThrow());
                });
    kprobes.register(behind.build());
    kprobes.runOptimizer();
    assertTransparent();

    assertThat(seen.subList(0, 4))
        .containsExactly("before", "+f", "behind", "-f:8@%x".formatted(asm.at("back1")));
    assertThat(returnAddresses).containsExactly(asm.at("back1"), asm.at("back2"));
  }

  @ParameterizedTest
  @EnumSource
  void skippingKprobeKeepsTheEntryFromReturnProbesBehindIt(Way way) {
    twoCallsOfOneFunction(way);
    kprobes.register(
        Kprobe.at(at(asm.at("f")))
            .preHandler(
                (probe, r) -> {
                  r.setProgramCounter(asm.at("ret"));
                  return HandlerOutcome.SKIP;
                })
            .build());
    ReturnProbeHandle<?> behind = register(way, returnProbe("f"));
    machine.reset(BASE).run();

    assertThat(machine.get("a")).isEqualTo(5);
    assertThat(behind.hits()).isZero();
    assertNothingTracked(behind);
  }

  /** Main calls "f", which jumps into "g". */
  private void tailCall(Way way) {
    begin("main").op(ToyOp.ADD, 5).to(ToyOp.CALL, "f").label("back").op16(ToyOp.ST, 0x20);
    asm.op(ToyOp.HLT);
    function("f", way).op(ToyOp.ADD, 3).to(ToyOp.CALL, "h").label("inF").to(ToyOp.JMP, "g");
    function("g", way).op(ToyOp.ADD, 2).label("endOfG").op(ToyOp.RET);
    function("h", way).op(ToyOp.ADD, 1).label("inH").op(ToyOp.RET);
    startFunctions(way);
  }

  @ParameterizedTest
  @EnumSource
  void functionThatJumpsIntoAnotherReturnsWithIt(Way way) {
    tailCall(way);
    ReturnProbeHandle<?> f = noting(way, "f", "f");
    ReturnProbeHandle<?> g = noting(way, "g", "g");
    assertTransparent();

    String at = "@%x".formatted(asm.at("back"));
    assertThat(seen).containsExactly("+f", "+g", "-g:b" + at, "-f:b" + at);
    assertNothingTracked(f, g);
  }

  @ParameterizedTest
  @EnumSource
  void callLeftBehindBeforeATailCallIsNoPartOfIt(Way way) {
    tailCall(way);
    ReturnProbeHandle<?> f = noting(way, "f", "f");
    ReturnProbeHandle<?> g = noting(way, "g", "g");
    ReturnProbeHandle<?> h = noting(way, "h", "h");
    machine.reset(BASE);
    runTo("inH");
    jumpTo(asm.at("inF"), machine.stackPointer() + 2);
    runTo("back");

    String at = "@%x".formatted(asm.at("back"));
    assertThat(seen).containsExactly("+f", "+h", "+g", "-g:b" + at, "-f:b" + at);
    assertThat(h.active()).isEqualTo(1);
    assertTransparent();
    assertNothingTracked(f, g, h);
  }

  /** As longjmp does. */
  private void jumpTo(long address, long stackPointer) {
    machine.set("sp", stackPointer);
    machine.setProgramCounter(address);
  }

  @ParameterizedTest
  @EnumSource
  void callsThatAreLeftWithoutReturningDisturbNoLaterOnes(Way way) {
    recursion(way, 5);
    ReturnProbeHandle<?> down = noting(way, "down", "down");
    machine.reset(BASE);
    runTo("bottom");
    // Out of the three innermost calls, into the one that was entered with a = 3.
    machine.set("a", 2);
    jumpTo(asm.at("inner"), machine.stackPointer() + 6);
    machine.run();

    assertThat(machine.get("a")).isEqualTo(5);
    assertThat(machine.programCounter()).isEqualTo(unprobed.pc());
    assertThat(seen.subList(6, 9))
        .containsExactly(
            "-down:3@%x".formatted(asm.at("inner")),
            "-down:4@%x".formatted(asm.at("inner")),
            "-down:5@%x".formatted(asm.at("back")));
    assertThat(down.active()).as("it is not certain that they are over").isEqualTo(3);
    assertTransparent();
    assertThat(down.returns()).isEqualTo(9);
    assertNothingTracked(down);
  }

  @ParameterizedTest
  @EnumSource
  void instancesOfCallsThatWereLeftAreFreeWhereTheirPlaceIsUsedAgain(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle = register(way, returnProbe("f").maxActive(1));
    for (int i = 0; i < 3; i++) {
      machine.reset(BASE);
      runTo("ret");
      assertThat(handle.active()).isEqualTo(1);
    }
    assertTransparent();

    assertThat(handle.instancesMissed()).as("the only instance was free each time").isZero();
    assertThat(handle.hits()).isEqualTo(5);
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void stacksThatTakeTurnsReturnInAnyOrder(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle = noting(way, "f", "f");
    long[] contexts = {0xE000, 0xFFF0, 0xE800};
    for (int i = 0; i < contexts.length; i++) {
      machine.set("a", 16L * i);
      jumpTo(asm.at("back1") - 3, contexts[i]);
      runTo("ret");
    }
    assertThat(handle.active()).isEqualTo(3);
    for (int i : new int[] {0, 2, 1}) {
      machine.set("a", 16L * i + 3);
      jumpTo(asm.at("ret"), contexts[i] - 2);
      runTo("back1");
      assertThat(machine.stackPointer()).isEqualTo(contexts[i]);
    }

    String at = "@%x".formatted(asm.at("back1"));
    assertThat(seen.subList(3, 6)).containsExactly("-f:3" + at, "-f:23" + at, "-f:13" + at);
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void switchOfStacksBeforeATailCallIsNoPartOfIt(Way way) {
    tailCall(way);
    ReturnProbeHandle<?> f = noting(way, "f", "f");
    ReturnProbeHandle<?> g = noting(way, "g", "g");
    machine.reset(BASE);
    runTo("inF");
    long stack = machine.stackPointer();
    long a = machine.get("a");
    // Another stack enters f, and this one goes on first.
    jumpTo(BASE + 2, 0xE000);
    runTo("inF");
    long other = machine.stackPointer();
    machine.set("a", a);
    jumpTo(asm.at("inF"), stack);
    runTo("back");
    assertThat(machine.stackPointer()).isEqualTo(0xFFF0);
    assertThat(f.active()).isEqualTo(1);
    assertNothingTracked(g);

    jumpTo(asm.at("inF"), other);
    runTo("back");
    assertThat(machine.stackPointer()).isEqualTo(0xE000);
    assertNothingTracked(f, g);
  }

  @ParameterizedTest
  @EnumSource
  void returnMayPopArguments(Way way) {
    recursion(way, 3);
    ReturnProbeHandle<?> down = noting(way, "down", "down");
    machine.reset(BASE);
    // Each call finds three words of arguments above its return address.
    for (int i = 0; i < 4; i++) {
      assertThat(machine.runUntil(pc -> pc == asm.at("down"))).isTrue();
      long from = machine.stackPointer();
      machine.memory().store(from - 6, 2, returnAddressNow());
      machine.set("sp", from - 6);
      machine.runUntil(pc -> pc == (machine.get("a") == 0 ? asm.at("bottom") : asm.at("more")));
    }
    assertThat(down.active()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      long trampoline = returnAddressNow();
      machine.set("sp", machine.stackPointer() + 2 + 6);
      machine.setProgramCounter(trampoline);
      long back = i < 3 ? asm.at("inner") : asm.at("back");
      assertThat(machine.runUntil(pc -> pc == back)).isTrue();
      machine.runUntil(pc -> pc == asm.at("inner") + 2);
    }

    assertThat(machine.get("a")).isEqualTo(3);
    assertThat(machine.stackPointer()).isEqualTo(unprobed.sp());
    assertThat(machine.programCounter()).isEqualTo(unprobed.pc());
    assertNothingTracked(down);
  }

  /** f has two words of arguments and jumps into g, which has one: g's address lies higher up. */
  @ParameterizedTest
  @EnumSource
  void functionThatPopsArgumentsMayJumpIntoOneWithFewer(Way way) {
    tailCall(way);
    ReturnProbeHandle<?> f = noting(way, "f", "f");
    ReturnProbeHandle<?> g = noting(way, "g", "g");
    ReturnProbeHandle<?> h = noting(way, "h", "h");
    machine.reset(BASE);
    machine.set("sp", 0xFFF0 - 4);
    runTo("inF");
    long trampoline = returnAddressNow();
    machine.set("sp", machine.stackPointer() + 2);
    machine.memory().store(machine.stackPointer(), 2, trampoline);
    runTo("endOfG");
    // What g calls lies where f's return address was, and does not end f.
    machine.memory().store(machine.stackPointer() - 2, 2, asm.at("endOfG"));
    jumpTo(asm.at("h"), machine.stackPointer() - 2);
    runTo("endOfG");
    assertThat(f.active()).isEqualTo(1);
    machine.set("sp", machine.stackPointer() + 4);
    machine.setProgramCounter(trampoline);
    runTo("back");

    assertThat(machine.stackPointer()).isEqualTo(0xFFF0);
    String at = "@%x".formatted(asm.at("back"));
    assertThat(seen.subList(6, 8)).containsExactly("-g:c" + at, "-f:c" + at);
    assertThat(seen).hasSize(8);
    assertNothingTracked(f, g, h);
  }

  @ParameterizedTest
  @EnumSource
  void trampolineWithoutATrackedCallIsAnError(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle = register(way, returnProbe("f"));
    machine.reset(BASE);
    runTo("ret");
    long trampoline = returnAddressNow();
    machine.run();
    machine.setProgramCounter(trampoline);
    assertThatIllegalStateException()
        .isThrownBy(machine::run)
        .withMessageContaining("no tracked call");

    // Nor does a call that lies further down fit.
    machine.reset(BASE);
    runTo("ret");
    machine.set("sp", machine.stackPointer() - 2);
    machine.setProgramCounter(trampoline);
    assertThatIllegalStateException().isThrownBy(machine::run);
    assertThat(handle.active()).isEqualTo(1);
    assertTransparent();
  }

  @ParameterizedTest
  @EnumSource
  void entryWithTheTrampolineOfAnUntrackedCallIsReportedAndLeftAlone(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle = register(way, returnProbe("f"));
    machine.reset(BASE);
    runTo("ret");
    long trampoline = returnAddressNow();
    machine.run();
    events.clear();
    machine.memory().store(0xE000, 2, trampoline);
    jumpTo(asm.at("f"), 0xE000);
    runTo("ret");

    assertThat(events).hasSize(1).first().asString().contains("no tracked call");
    assertThat(returnAddressNow()).isEqualTo(trampoline);
    assertNothingTracked(handle);
  }
}
