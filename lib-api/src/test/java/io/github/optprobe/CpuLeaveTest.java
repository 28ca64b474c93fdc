package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyMachine;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A CPU, or thread, ends in the middle of calls that return probes track. */
class CpuLeaveTest extends CallingCodeTest {
  private static final int DEPTH = 2;
  private static final int CALLS = DEPTH + 1;

  private final AtomicInteger returned = new AtomicInteger();

  /** All instances are used by a machine that stands in the innermost call. */
  private ReturnProbeHandle<?> inFlight(Way way) {
    recursion(way, DEPTH);
    ReturnProbeHandle<?> handle =
        register(
            way,
            returnProbe("down")
                .maxActive(CALLS)
                .returnHandler((i, r) -> returned.incrementAndGet()));
    machine.reset(BASE);
    runTo("bottom");
    assertThat(handle.active()).isEqualTo(CALLS);
    return handle;
  }

  private ToyMachine newMachine() {
    ToyMachine mine = text.newMachine();
    return mine.attach(kprobes.newCpu(mine.memory()));
  }

  /** Its thread is no more, and so stands nowhere. */
  private void leave() {
    machine.reset(0);
    cpu.leave();
  }

  @ParameterizedTest
  @EnumSource
  void instancesOfACpuThatLeftAreForOthers(Way way) {
    ReturnProbeHandle<?> handle = inFlight(way);
    ToyMachine other = newMachine();
    assertThat(other.run(BASE)).isEqualTo(unprobed);
    assertThat(handle.instancesMissed()).as("none was free").isEqualTo(CALLS);
    leave();

    assertNothingTracked(handle);
    assertThat(returned).as("no handler for what never returned").hasValue(0);
    assertThat(other.run(BASE)).isEqualTo(unprobed);
    assertThat(handle.instancesMissed()).isEqualTo(CALLS);
    assertThat(handle.returns()).isEqualTo(CALLS);
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void callsOfOtherCpusAreStillTracked(Way way) {
    recursion(way, DEPTH);
    ReturnProbeHandle<?> handle =
        register(
            way,
            returnProbe("down")
                .maxActive(2 * CALLS)
                .returnHandler((i, r) -> returned.incrementAndGet()));
    ToyMachine other = newMachine();
    other.reset(BASE);
    machine.reset(BASE);
    runTo(other, "bottom");
    runTo("bottom");
    leave();

    assertThat(handle.active()).isEqualTo(CALLS);
    other.run();
    assertThat(other.state()).isEqualTo(unprobed);
    assertThat(returned).hasValue(CALLS);
    assertNothingTracked(handle);
  }

  @ParameterizedTest
  @EnumSource
  void allProbesOfACallGetTheirInstancesBack(Way way) {
    ReturnProbeHandle<?> first = inFlight(way);
    machine.run();
    ReturnProbeHandle<?> second = kprobes.register(returnProbe("down").maxActive(CALLS).build());
    machine.reset(BASE);
    runTo("bottom");
    assertThat(first.active()).isEqualTo(CALLS);
    assertThat(second.active()).isEqualTo(CALLS);
    leave();

    assertNothingTracked(first, second);
  }

  @ParameterizedTest
  @EnumSource
  void trampolineOfAClosedRegistryWaitsForNoCpuThatLeft(Way way) {
    inFlight(way);
    kprobes.close();
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).as("the trampoline stays").isEqualTo(1);
    leave();
    kprobes.runOptimizer();

    assertThat(kprobes.liveSlots()).isZero();
    assertThat(text.liveAllocations()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void trampolineStaysWhileAnotherCpuMayReturnThere(Way way) {
    ReturnProbeHandle<?> handle = inFlight(way);
    leave();
    ToyMachine other = newMachine();
    other.reset(BASE);
    runTo(other, "bottom");
    assertThat(handle.active()).isEqualTo(CALLS);
    kprobes.close();
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isEqualTo(1);
    other.run();
    kprobes.runOptimizer();

    assertThat(other.state()).isEqualTo(unprobed);
    assertThat(kprobes.liveSlots()).isZero();
  }
}
