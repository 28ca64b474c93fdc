package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.arch.Registers;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.ToyFault;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The probed instruction faults, in each tier: who is asked, and what comes of the answer. */
class FaultHandlerTest extends ToyTest {
  private static final AddressRange HOLE = new AddressRange(0x10, 0x1F);

  private final List<String> calls = new ArrayList<>();

  /** A load that faults while there is a hole, then stores of what it loaded and of a + 1. */
  private void program(Tier tier) {
    asm.op(ToyOp.ADD, 7)
        .label("load")
        .op16(tier == Tier.EMULATED ? ToyOp.LDE : ToyOp.LD, 0x10)
        .label("behind")
        .op16(ToyOp.ST, 0x20)
        .op(ToyOp.ADD, 1)
        .op16(ToyOp.ST, 0x22)
        .op(ToyOp.HLT);
    start();
    machine.unmapData(HOLE);
  }

  private Kprobe.Builder atLoad(Tier tier) {
    return Kprobe.at(at(asm.at("load"))).upTo(tier);
  }

  private ProbeHandle register(Tier tier, Kprobe.Builder probe) {
    ProbeHandle handle = kprobes.register(probe.build());
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(tier);
    return handle;
  }

  /** The fault comes out of the machine, which stands at the faulting instruction then. */
  private void assertFaultDelivered(Tier tier) {
    assertThatThrownBy(() -> machine.run(BASE))
        .isInstanceOf(tier == Tier.EMULATED ? TextException.class : ToyFault.class);
    assertThat(machine.programCounter()).isEqualTo(asm.at("load"));
  }

  @ParameterizedTest
  @EnumSource
  void handlerSeesTheProbedAddressAndTheRegistersAsTheyWere(Tier tier) {
    program(tier);
    Kprobe.Builder probe = atLoad(tier);
    ProbeHandle handle =
        register(
            tier,
            probe.faultHandler(
                (kprobe, r) -> {
                  calls.add("%x a=%d sp=%x".formatted(r.programCounter(), r.get("a"), sp(r)));
                  return FaultOutcome.DELIVER;
                }));
    assertFaultDelivered(tier);

    assertThat(calls).containsExactly("%x a=7 sp=fff0".formatted(asm.at("load")));
    assertThat(machine.stackPointer()).isEqualTo(0xFFF0);
    assertThat(handle.hits()).isEqualTo(1);
    assertThat(cpu.stepped(machine)).as("no step is pending").isEqualTo(Resume.NOT_OURS);
    machine.unmapData(null);
    assertTransparent();
    assertThat(calls).hasSize(1);
  }

  private static long sp(Registers registers) {
    return registers.stackPointer();
  }

  @ParameterizedTest
  @EnumSource
  void handledFaultGoesOnWhereTheHandlerSays(Tier tier) {
    program(tier);
    ProbeHandle handle =
        register(
            tier,
            atLoad(tier)
                .faultHandler(
                    (kprobe, r) -> {
                      r.set("a", 0x42);
                      r.setProgramCounter(asm.at("behind"));
                      return FaultOutcome.HANDLED;
                    }));
    machine.run(BASE);

    assertThat(machine.memory().load(0x20, 2)).isEqualTo(0x42);
    assertThat(machine.memory().load(0x22, 2)).isEqualTo(0x43);
    assertThat(machine.programCounter()).isEqualTo(unprobed.pc());
    assertThat(machine.stackPointer()).isEqualTo(unprobed.sp());
    assertThat(handle.hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void handledFaultRunsTheInstructionAgainWhereTheProgramCounterIsLeftAlone(Tier tier) {
    program(tier);
    ProbeHandle handle =
        register(
            tier,
            atLoad(tier)
                .faultHandler(
                    (kprobe, r) -> {
                      machine.unmapData(null);
                      calls.add("mapped");
                      return FaultOutcome.HANDLED;
                    }));
    assertTransparent();

    assertThat(calls).containsExactly("mapped");
    assertThat(handle.hits()).as("the instruction is executed a second time").isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void handlersMayGoOnInsideOfTheWindow(Tier tier) {
    asm.op(ToyOp.ADD, 7)
        .label("first")
        .op(ToyOp.NOP)
        .label("second")
        .op(ToyOp.NOP)
        .label("third")
        .op16(ToyOp.ST, 0x20)
        .op(ToyOp.HLT);
    start();
    for (String wanted : List.of("second", "third")) {
      Kprobe skipping =
          Kprobe.at(at(asm.at("first")))
              .upTo(tier)
              .preHandler(
                  (probe, r) -> {
                    r.setProgramCounter(asm.at(wanted));
                    return HandlerOutcome.SKIP;
                  })
              .build();
      try (ProbeHandle handle = kprobes.register(skipping)) {
        kprobes.runOptimizer();
        assertThat(handle.tier()).contains(tier);
        assertTransparent();
        assertThat(handle.hits()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void membersAreAskedInOrderUntilOneHandlesTheFault(Tier tier) {
    program(tier);
    List<ProbeHandle> handles = new ArrayList<>();
    for (String name : List.of("moves", "throws", "disabled", "handles", "later")) {
      handles.add(
          kprobes.register(
              atLoad(tier).faultHandler((kprobe, registers) -> answer(name, registers)).build()));
    }
    kprobes.register(atLoad(tier).label("no fault handler").build());
    handles.get(2).disable();
    kprobes.runOptimizer();
    assertThat(handles.get(0).tier()).contains(tier);
    events.clear();
    machine.run(BASE);

    String load = "%x".formatted(asm.at("load"));
    assertThat(calls).containsExactly("moves " + load, "throws " + load, "handles " + load);
    assertThat(events).containsExactly("failed throws");
    assertThat(machine.memory().load(0x20, 2)).isEqualTo(7);
    assertThat(machine.programCounter()).isEqualTo(unprobed.pc());
    handles.get(3).disable();
    handles.get(4).disable();
    kprobes.runOptimizer();
    assertFaultDelivered(tier);
    assertThat(calls).hasSize(5).endsWith("moves " + load, "throws " + load);
  }

  private FaultOutcome answer(String name, Registers registers) {
    calls.add("%s %x".formatted(name, registers.programCounter()));
    registers.setProgramCounter(name.equals("handles") ? asm.at("behind") : 0x7777);
    if (name.equals("throws")) {
      throw new IllegalStateException(name);
    }
    return name.equals("handles") ? FaultOutcome.HANDLED : FaultOutcome.DELIVER;
  }

  @ParameterizedTest
  @EnumSource
  void disabledProbeIsNotAskedAndTheProgramSeesTheFault(Tier tier) {
    program(Tier.BOOSTED);
    ProbeHandle handle =
        kprobes.register(
            atLoad(tier).faultHandler((kprobe, r) -> answer("handles", r)).startDisabled().build());
    kprobes.runOptimizer();
    assertFaultDelivered(Tier.BOOSTED);

    assertThat(handle.hits()).isZero();
    assertThat(calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void faultWhileAHandlerRunsIsDelivered(Tier tier) {
    program(tier);
    register(tier, atLoad(tier).faultHandler((kprobe, r) -> answer("handles", r)));
    machine.unmapData(null);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    long inCopy = machine.programCounter();
    machine.run();
    List<FaultOutcome> outcomes = new ArrayList<>();
    kprobes.register(
        Kprobe.at(at(BASE)).onHit(r -> outcomes.add(faultIn(inCopy))).upTo(Tier.BOOSTED).build());
    assertTransparent();

    assertThat(outcomes).containsExactly(FaultOutcome.DELIVER);
    assertThat(calls).isEmpty();
  }

  /** As if what a handler runs had faulted there. */
  private FaultOutcome faultIn(long copy) {
    long handlersOwn = machine.programCounter();
    machine.setProgramCounter(copy);
    FaultOutcome outcome = cpu.faulted(machine);
    assertThat(machine.programCounter()).isEqualTo(asm.at("load"));
    machine.setProgramCounter(handlersOwn);
    return outcome;
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void faultOfAnotherInstructionAsksNobodyAndIsReportedAtItsOriginalAddress(Tier tier) {
    asm.label("probed").op(ToyOp.NOP).label("load").op16(ToyOp.LD, 0x10).op(ToyOp.HLT);
    start();
    machine.unmapData(HOLE);
    ProbeHandle handle =
        register(
            tier, Kprobe.at(at(BASE)).upTo(tier).faultHandler((kprobe, r) -> answer("handles", r)));
    assertFaultDelivered(tier);

    assertThat(calls).isEmpty();
    assertThat(handle.hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void faultOutsideOfCopiesIsNotOurs(Tier tier) {
    program(tier);
    register(tier, atLoad(tier).faultHandler((kprobe, r) -> answer("handles", r)));
    machine.reset(asm.at("load"));

    assertThat(cpu.faulted(machine)).isEqualTo(FaultOutcome.NOT_OURS);
    assertThat(machine.programCounter()).isEqualTo(asm.at("load"));
    assertThat(calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void returnProbeBesideAFaultHandlerLosesNoCall(Tier tier) {
    asm.to(ToyOp.CALL, "f").label("back").op16(ToyOp.ST, 0x20).op(ToyOp.HLT);
    asm.label("f").label("load").op16(tier == Tier.EMULATED ? ToyOp.LDE : ToyOp.LD, 0x10);
    asm.label("behind").op(ToyOp.RET);
    AddressRange f = AddressRange.ofLength(asm.at("f"), 4);
    start(builder -> builder.codeMap(CodeMap.of(new CodeMap.Function("f", f))));
    machine.unmapData(HOLE);
    ReturnProbeHandle<?> calls =
        kprobes.register(Kretprobe.at(at(asm.at("f"))).maxActive(1).upTo(tier).build());
    register(
        tier,
        atLoad(tier)
            .faultHandler(
                (kprobe, r) -> {
                  machine.unmapData(null);
                  return FaultOutcome.HANDLED;
                }));
    assertTransparent();

    assertThat(calls.hits()).as("the entry is executed twice").isEqualTo(2);
    assertThat(calls.active()).isZero();
    assertThat(calls.returns() + calls.instancesMissed()).isEqualTo(2);
  }
}
