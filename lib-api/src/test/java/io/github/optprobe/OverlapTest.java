package io.github.optprobe;

import static io.github.optprobe.ProbeState.ARMED;
import static io.github.optprobe.ProbeState.DISABLED;
import static io.github.optprobe.ProbeState.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two probes at every distance that a window can have, in both directions, and three in one window.
 * Instructions have one byte, so that a window of three holds three of them.
 */
class OverlapTest extends ToyTest {
  private static final long LOW = BASE + 2;
  private static final int WINDOW = 3;
  private static final int MAX_WINDOW = 6;

  private void begin(boolean lazy) {
    for (int i = 0; i < 20; i++) {
      asm.op(i % 4 == 1 ? ToyOp.INX : ToyOp.NOP);
    }
    asm.op(ToyOp.HLT);
    start(builder -> lazy ? builder.lazyUnoptimize() : builder);
  }

  static Stream<Arguments> distances() {
    return IntStream.rangeClosed(0, MAX_WINDOW)
        .boxed()
        .flatMap(each -> Stream.of(Arguments.of(each, false), Arguments.of(each, true)));
  }

  private void pass() {
    machine.reset(0);
    OptimizerPass pass = kprobes.runOptimizer();
    assertThat(pass.waiting()).isZero();
    assertTransparent();
    machine.reset(0);
  }

  /** The lower one of two different probes closer than a window can not be a jump. */
  private static ProbeState lower(int distance) {
    return distance > 0 && distance < WINDOW ? ARMED : OPTIMIZED;
  }

  private void assertStates(int distance, ProbeHandle low, ProbeHandle high) {
    assertThat(low.state()).isEqualTo(lower(distance));
    assertThat(high.state()).isEqualTo(OPTIMIZED);
    assertThat(low.whyNotOptimized().map(Refusal::code))
        .isEqualTo(lower(distance) == ARMED ? Optional.of("PROBE_IN_WINDOW") : Optional.empty());
  }

  /** Whichever leaves first, what is left is a jump after one pass, and then nothing is left. */
  private void leave(ProbeHandle first, ProbeHandle second) {
    first.close();
    pass();
    assertThat(second.state()).isEqualTo(OPTIMIZED);
    second.close();
    pass();
    assertTextIsOriginal();
    assertThat(kprobes.counters().addresses()).isZero();
  }

  @ParameterizedTest
  @MethodSource("distances")
  void newProbeInsideAnOptimizedWindow(int distance, boolean lazy) {
    begin(lazy);
    for (boolean lowFirst : new boolean[] {true, false}) {
      ProbeHandle low = optimized(LOW);
      ProbeHandle high = probe(LOW + distance);
      assertThat(low.state()).as("at once").isEqualTo(lower(distance));
      pass();
      assertStates(distance, low, high);
      leave(lowFirst ? low : high, lowFirst ? high : low);
    }
  }

  @ParameterizedTest
  @MethodSource("distances")
  void newWindowOverAnExistingProbe(int distance, boolean lazy) {
    begin(lazy);
    for (boolean lowFirst : new boolean[] {true, false}) {
      ProbeHandle high = optimized(LOW + distance);
      ProbeHandle low = probe(LOW);
      assertThat(high.state()).as("keeps its jump").isEqualTo(OPTIMIZED);
      pass();
      assertStates(distance, low, high);
      leave(lowFirst ? low : high, lowFirst ? high : low);
    }
  }

  @ParameterizedTest
  @MethodSource("distances")
  void bothAtOnce(int distance, boolean lazy) {
    begin(lazy);
    for (boolean upwards : new boolean[] {true, false}) {
      List<Kprobe> both =
          List.of(
              Kprobe.at(at(upwards ? LOW : LOW + distance)).build(),
              Kprobe.at(at(upwards ? LOW + distance : LOW)).build());
      List<ProbeHandle> handles = kprobes.registerAll(both);
      pass();
      assertStates(distance, handles.get(upwards ? 0 : 1), handles.get(upwards ? 1 : 0));
      kprobes.unregisterAll(handles);
      pass();
      assertTextIsOriginal();
      assertThat(kprobes.counters().addresses()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("distances")
  void disabledProbeDoesNotDisturbButEnablingItDoes(int distance, boolean lazy) {
    begin(lazy);
    ProbeHandle low = optimized(LOW);
    ProbeHandle high = kprobes.register(Kprobe.at(at(LOW + distance)).startDisabled().build());
    pass();
    assertThat(low.state()).isEqualTo(OPTIMIZED);
    assertThat(high.state()).isEqualTo(DISABLED);
    high.enable();
    pass();
    assertStates(distance, low, high);
    high.disable();
    pass();
    assertThat(low.state()).as("again, after one pass").isEqualTo(OPTIMIZED);
    assertThat(high.state()).isEqualTo(DISABLED);
    low.disable();
    high.enable();
    pass();
    assertThat(high.state()).isEqualTo(OPTIMIZED);
    low.enable();
    pass();
    assertStates(distance, low, high);
  }

  @ParameterizedTest
  @MethodSource("distances")
  void probesBackToBackAreAllJumpsFromTheWindowSizeOn(int distance, boolean lazy) {
    begin(lazy);
    List<ProbeHandle> row = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      row.add(probe(LOW + (long) i * distance));
    }
    pass();
    assertThat(row.get(0).state()).isEqualTo(lower(distance));
    assertThat(row.get(1).state()).isEqualTo(lower(distance));
    assertThat(row.get(2).state()).isEqualTo(OPTIMIZED);
  }

  @ParameterizedTest
  @MethodSource("distances")
  void threeLeaveInEveryOrder(int distance, boolean lazy) {
    begin(lazy);
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int[] order : orders) {
      List<ProbeHandle> left = new ArrayList<>();
      for (int each : order) {
        left.add(probe(LOW + (long) (2 - each) * distance));
      }
      pass();
      while (!left.isEmpty()) {
        assertJumps(left);
        left.remove(0).close();
        pass();
      }
      assertTextIsOriginal();
      assertThat(kprobes.counters().addresses()).isZero();
    }
  }

  /** A probe is a jump if no other one stands strictly inside its window. */
  private static void assertJumps(List<ProbeHandle> all) {
    for (ProbeHandle each : all) {
      boolean free =
          all.stream()
              .mapToLong(other -> other.address().value() - each.address().value())
              .noneMatch(distance -> distance > 0 && distance < WINDOW);
      assertThat(each.state()).isEqualTo(free ? OPTIMIZED : ARMED);
    }
  }
}
