package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyOp;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Return probes come, go and are switched while calls are in flight. */
class ReturnLifecycleTest extends CallingCodeTest {
  private final AtomicInteger returned = new AtomicInteger();

  /** Three calls in flight, of which none has come to its end. */
  private ReturnProbeHandle<?> inFlight(Way way) {
    recursion(way, 2);
    ReturnProbeHandle<?> handle = register(way, counting("down"));
    machine.reset(BASE);
    runTo("bottom");
    assertThat(handle.active()).isEqualTo(3);
    return handle;
  }

  private Kretprobe.Builder<Kretprobe.NoData> counting(String function) {
    return returnProbe(function).returnHandler((i, r) -> returned.incrementAndGet());
  }

  private void assertRunsOnAsIfUnprobed() {
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
  }

  @ParameterizedTest
  @EnumSource
  void callsInFlightReturnWithoutHandlerAfterUnregistering(Way way) {
    ReturnProbeHandle<?> handle = inFlight(way);
    handle.close();
    assertTextIsOriginal();
    assertRunsOnAsIfUnprobed();

    assertThat(returned).hasValue(0);
    assertThat(handle.returns()).isZero();
    assertThat(handle.isRegistered()).isFalse();
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void callsInFlightReturnWithoutHandlerWhileDisabled(Way way) {
    ReturnProbeHandle<?> handle = inFlight(way);
    handle.disable();
    assertTextIsOriginal();
    runTo("inner");
    handle.enable();
    kprobes.runOptimizer();
    assertRunsOnAsIfUnprobed();

    assertThat(handle.returns()).as("two came back after it was enabled again").isEqualTo(2);
    assertNothingTracked(handle);
    assertTransparent();
    assertThat(handle.returns()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource
  void callsInFlightReturnAfterTheRegistryIsClosedAndThenItsMemoryIsFree(Way way) {
    ReturnProbeHandle<?> handle = inFlight(way);
    kprobes.close();
    assertTextIsOriginal();
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).as("the trampoline stays").isEqualTo(1);
    runTo("inner");
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).as("for the other two calls").isEqualTo(1);
    assertRunsOnAsIfUnprobed();

    assertThat(returned).hasValue(0);
    assertNothingTracked(handle);
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
    assertThat(text.liveAllocations()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void registryMayBeClosedByAnEntryHandlerWhoseCallIsTrackedAllTheSame(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle = register(way, counting("f").onEntry(r -> kprobes.close()));
    assertTransparent();

    assertThat(handle.hits()).isEqualTo(1);
    assertThat(returned).hasValue(0);
    assertNothingTracked(handle);
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void registryMayBeClosedByAReturnHandler(Way way) {
    recursion(way, 2);
    ReturnProbeHandle<?> handle =
        register(way, returnProbe("down").returnHandler((i, r) -> kprobes.close()));
    assertTransparent();

    assertThat(handle.returns()).isEqualTo(1);
    assertNothingTracked(handle);
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void callsInFlightReturnAfterTheirTextWasRemoved(Way way) {
    begin("main").op(ToyOp.ADD, 5).to(ToyOp.CALL, "stays").op16(ToyOp.ST, 0x20).op(ToyOp.HLT);
    begin("stays").op(ToyOp.ADD, 1).to(ToyOp.JMP, "library");
    function("library", way).op(ToyOp.ADD, 3).label("ret").op(ToyOp.RET);
    startFunctions(way);
    ReturnProbeHandle<?> handle = register(way, counting("library"));
    machine.reset(BASE);
    runTo("ret");
    // Stands behind the return, as if the library had been unloaded under it.
    long trampoline = returnAddressNow();
    AddressRange library = knownFunctions().get(2).body();
    byte[] code = Arrays.copyOfRange(originalBytes(), offset(library), end(library));
    text.write(library.first(), code);
    kprobes.textRemoved(library);
    machine.set("sp", machine.stackPointer() + 2);
    machine.setProgramCounter(trampoline);
    machine.run();

    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(handle.state()).isEqualTo(ProbeState.GONE);
    assertThat(returned).hasValue(0);
    assertNothingTracked(handle);
  }

  private static int offset(AddressRange range) {
    return (int) (range.first() - BASE);
  }

  private static int end(AddressRange range) {
    return (int) (range.last() + 1 - BASE);
  }

  @ParameterizedTest
  @EnumSource
  void probesOfBothKindsAreRegisteredAndUnregisteredInOneBatch(Way way) {
    recursion(way, 2);
    Kprobe kprobe = Kprobe.at(at(asm.at("bottom"))).build();
    List<ProbeHandle> handles =
        kprobes.registerAll(List.of(kprobe, counting("down").build(), counting("down").build()));
    kprobes.runOptimizer();
    assertTransparent();

    assertThat(handles.get(0)).isNotInstanceOf(ReturnProbeHandle.class);
    assertThat(handles.get(1)).isInstanceOf(ReturnProbeHandle.class);
    assertThat(handles.stream().map(ProbeHandle::hits)).containsExactly(1L, 3L, 3L);
    assertThat(returned).hasValue(6);
    assertThat(kprobes.list()).anyMatch(line -> line.contains(" r ") && line.contains("down"));
    machine.reset(BASE);
    runTo("inner");
    kprobes.unregisterAll(handles);
    assertTextIsOriginal();
    assertRunsOnAsIfUnprobed();
    assertThat(returned).as("one call had come back").hasValue(8);
  }

  @ParameterizedTest
  @EnumSource
  void batchWithARefusedReturnProbeRegistersNothing(Way way) {
    recursion(way, 2);
    List<Probe> probes =
        List.of(
            Kprobe.at(at(asm.at("bottom"))).build(),
            counting("down").build(),
            returnProbe(asm.at("more")).build());
    RefusedException thrown =
        catchThrowableOfType(RefusedException.class, () -> kprobes.registerAll(probes));

    assertThat(thrown.refusal().code()).isEqualTo("NOT_FUNCTION_ENTRY");
    assertThat(thrown.refusal().rule()).contains("down");
    assertThat(kprobes.probes()).isEmpty();
    assertTextIsOriginal();
    assertTransparent();
  }

  @Test
  void architectureWithoutCallsHasNoReturnProbes() {
    architecture = new ToyArchitecture().withoutCalls();
    twoCallsOfOneFunction(Way.BOOSTED_AND_TRAPPED);
    RefusedException thrown =
        catchThrowableOfType(
            RefusedException.class, () -> kprobes.register(returnProbe("f").build()));

    assertThat(thrown.refusal().code()).isEqualTo("NO_RETURN_PROBES");
    assertThat(thrown.refusal().rule()).contains("toy");
    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void trampolineIsNotProbed() {
    twoCallsOfOneFunction(Way.BOOSTED_AND_TRAPPED);
    register(Way.BOOSTED_AND_TRAPPED, returnProbe("f"));
    machine.reset(BASE);
    runTo("ret");
    long trampoline = returnAddressNow();
    RefusedException thrown = catchThrowableOfType(RefusedException.class, () -> probe(trampoline));

    assertThat(thrown.refusal().code()).isIn("OWN_CODE", "OUTSIDE_KNOWN_CODE");
    machine.run();
  }

  @ParameterizedTest
  @EnumSource
  void oneTrampolineServesAllReturnProbes(Way way) {
    recursion(way, 2);
    register(way, returnProbe("down"));
    int live = kprobes.liveSlots();
    register(way, returnProbe("down"));
    kprobes.register(returnProbe("down").build()).close();

    assertThat(kprobes.liveSlots()).isEqualTo(live);
    assertTransparent();
  }

  @ParameterizedTest
  @EnumSource
  void trampolineIsThereForAllCpusAlsoWhereABreakpointStoodAlready(Way way) {
    twoCallsOfOneFunction(way);
    // From now on it sees what was written only after a synchronisation.
    RandomGenerator always =
        new Random(0) {
          private static final long serialVersionUID = 1L;

          @Override
          public boolean nextBoolean() {
            return true;
          }

          @Override
          public int nextInt(int bound) {
            return 1;
          }
        };
    probe(asm.at("f"), Tier.SINGLE_STEP);
    machine.seesLate(always);
    ReturnProbeHandle<?> handle = kprobes.register(returnProbe("f").build());
    assertTransparent();

    assertThat(handle.returns()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void failingStoresWhileRegisteringLeaveNothingBehind(Way way) {
    twoCallsOfOneFunction(way);
    int failures = 0;
    for (int step = 0; step < 12; step++) {
      faulty.failAfter(step, false);
      Throwable failure = catchThrowable(() -> kprobes.register(counting("f").build()));
      faulty.heal();
      if (failure != null) {
        failures++;
        assertThat(failure).isInstanceOf(TextException.class);
        assertThat(kprobes.probes()).isEmpty();
        assertTextIsOriginal();
      }
      assertTransparent();
      kprobes.probes().forEach(ProbeHandle::close);
      kprobes.runOptimizer();
    }
    assertThat(failures).isPositive();
    assertThat(kprobes.liveSlots()).as("the trampoline").isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void returnProbeMayStartDisabled(Way way) {
    twoCallsOfOneFunction(way);
    ReturnProbeHandle<?> handle = kprobes.register(counting("f").startDisabled().build());
    assertTextIsOriginal();
    assertTransparent();
    assertThat(handle.hits()).isZero();
    handle.enable();
    assertTransparent();

    assertThat(returned).hasValue(2);
    assertThat(handle.returns()).isEqualTo(2);
  }
}
