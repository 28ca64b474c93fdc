package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyAsm;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many probes in one operation. Failing stores are {@link BatchFaultTest}'s. */
class BatchTest extends StraightCodeTest {
  private static Kprobe kprobe(int offset) {
    return Kprobe.at(at(BASE + offset)).build();
  }

  private List<ProbeHandle> register(int... offsets) {
    return kprobes.registerAll(Arrays.stream(offsets).mapToObj(BatchTest::kprobe).toList());
  }

  @Test
  void handlesComeInTheOrderOfTheProbes() {
    List<ProbeHandle> handles = register(9, 0, 6, 0);

    assertThat(handles)
        .extracting(handle -> handle.address().value() - BASE)
        .containsExactly(9L, 0L, 6L, 0L);
    assertThat(kprobes.probes())
        .containsExactly(handles.get(1), handles.get(3), handles.get(2), handles.get(0));
    assertTransparent();
    assertThat(handles).allMatch(handle -> handle.hits() == 1);
  }

  @Test
  void nothingIsRegisteredOrUnregisteredWithoutEffect() {
    assertThat(kprobes.registerAll(List.of())).isEmpty();
    kprobes.unregisterAll(List.of());
    assertTextIsOriginal();
  }

  @Test
  void refusalInTheMiddleRegistersNothing() {
    ProbeHandle before = optimized(BASE);
    byte[] text = textNow();
    int slots = kprobes.liveSlots();
    List<Kprobe> batch =
        List.of(kprobe(0), kprobe(4), kprobe(1), kprobe(0x1000), kprobe(8), kprobe(4));

    RefusedException thrown =
        catchThrowableOfType(RefusedException.class, () -> kprobes.registerAll(batch));
    assertThat(thrown.refusal().culprit().address().value()).isEqualTo(BASE + 0x1000);
    assertThat(textNow()).isEqualTo(text);
    assertThat(kprobes.probes()).containsExactly(before);
    assertThat(kprobes.liveSlots()).isEqualTo(slots);
    assertThat(before.tier()).contains(OPTIMIZED);
    assertThat(register(0, 4, 1, 8, 4)).hasSize(5);
    assertTransparent();
  }

  @Test
  void refusedReturnProbeInTheMiddleRegistersNothing() {
    List<Probe> batch =
        List.of(kprobe(4), Kretprobe.at(at(BASE)).build(), Kretprobe.at(at(BASE + 1)).build());

    assertThat(catchThrowableOfType(RefusedException.class, () -> kprobes.registerAll(batch)))
        .hasMessageContaining("NOT_FUNCTION_ENTRY");
    assertTextIsOriginal();
    assertThat(kprobes.probes()).isEmpty();
  }

  @Test
  void probesOfOneBatchKeepEachOtherFromJumping() {
    List<ProbeHandle> handles = register(4, 5, 9);
    kprobes.runOptimizer();

    assertThat(handles.get(0).tier()).contains(BOOSTED);
    assertThat(handles.get(1).tier()).contains(OPTIMIZED);
    assertThat(handles.get(2).tier()).contains(OPTIMIZED);
    kprobes.unregisterAll(handles.subList(1, 3));
    kprobes.runOptimizer();
    assertThat(handles.get(0).tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  void handleTwiceInABatchIsAnErrorAndNothingChanges() {
    List<ProbeHandle> handles = register(0, 4);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> kprobes.unregisterAll(List.of(handles.get(0), handles.get(1), handles.get(0))))
        .withMessageContaining("twice");
    assertStillThere(handles);
  }

  @Test
  void handleOfAnotherRegistryIsAnErrorAndNothingChanges() {
    List<ProbeHandle> handles = register(0, 4);
    try (Kprobes other =
        Kprobes.builder(text).architecture(new ToyArchitecture()).trustBoundaries().build()) {
      ProbeHandle foreign = other.register(kprobe(8));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kprobes.unregisterAll(List.of(handles.get(0), foreign)))
          .withMessageContaining("registry");
      assertThat(foreign.isRegistered()).isTrue();
    }
    assertStillThere(handles);
  }

  @Test
  void closedHandleIsAnErrorAndNothingChanges() {
    List<ProbeHandle> handles = register(0, 4);
    ProbeHandle closed = probe(BASE + 8);
    closed.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> kprobes.unregisterAll(List.of(handles.get(0), closed, handles.get(1))))
        .withMessageContaining("0x4008");
    assertStillThere(handles);
  }

  private void assertStillThere(List<ProbeHandle> handles) {
    assertThat(handles).allMatch(ProbeHandle::isRegistered);
    assertTransparent();
    assertThat(handles).allMatch(handle -> handle.hits() == 1);
    kprobes.unregisterAll(handles);
    assertTextIsOriginal();
  }

  @Test
  void goneAndPresentProbesAreUnregisteredTogether() {
    List<ProbeHandle> handles = register(0, 12);
    kprobes.disarmAll();
    kprobes.textRemoved(io.github.optprobe.text.AddressRange.ofLength(BASE + 12, 4));
    kprobes.unregisterAll(handles);

    assertThat(handles).noneMatch(ProbeHandle::isRegistered);
    assertThat(kprobes.list()).isEmpty();
  }

  @Test
  void closedRegistryRegistersNothing() {
    kprobes.close();

    assertThatIllegalStateException().isThrownBy(() -> register(0, 4));
    assertThatIllegalStateException().isThrownBy(() -> kprobes.registerAll(List.of()));
  }

  @Test
  void aThousandProbesShareTheSynchronizations() {
    kprobes.close();
    asm = new ToyAsm(BASE);
    IntStream.range(0, 3000).forEach(i -> asm.op(ToyOp.NOP));
    asm.op(ToyOp.HLT);
    start();
    int[] offsets = IntStream.range(0, 1000).map(i -> 3 * i).toArray();
    long begin = text.synchronizations();
    List<ProbeHandle> handles = register(offsets);

    assertThat(text.synchronizations() - begin).as("slots, breakpoints").isEqualTo(2);
    begin = text.synchronizations();
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1000);
    assertThat(text.synchronizations() - begin).as("tails, heads").isEqualTo(2);
    assertTransparent();
    assertThat(handles).allMatch(handle -> handle.hits() == 1);
    begin = text.synchronizations();
    kprobes.unregisterAll(handles);
    assertThat(text.synchronizations() - begin).as("heads, tails, originals").isEqualTo(3);
    assertTextIsOriginal();
  }

  @Test
  void batchLimitCutsIntoPieces() {
    kprobes.close();
    start(builder -> builder.batchLimit(2));
    long begin = text.synchronizations();
    register(0, 4, 8, 12, 16);

    assertThat(text.synchronizations() - begin).as("slots, three pieces").isEqualTo(4);
    begin = text.synchronizations();
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(5);
    assertThat(text.synchronizations() - begin).as("twice three pieces").isEqualTo(6);
    assertTransparent();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Kprobes.builder(text).batchLimit(0))
        .withMessageContaining("0");
  }

  @Test
  void noHandlerRunsBeforeAllAreRegistered() {
    ToyMachine other = text.newMachine();
    other.attach(kprobes.newCpu(other.memory()));
    List<String> early = new ArrayList<>();
    List<Kprobe> batch =
        IntStream.of(0, 4, 4, 8)
            .mapToObj(
                offset ->
                    Kprobe.at(at(BASE + offset)).onHit(r -> early.add("hit " + offset)).build())
            .toList();
    boolean[] ran = {true};
    int steps = 0;
    while (ran[0]) {
      steps++;
      ran[0] = false;
      faulty.before(
          steps,
          () -> {
            ran[0] = true;
            assertThat(other.run(BASE)).isEqualTo(unprobed);
            assertThat(early).isEmpty();
          });
      List<ProbeHandle> handles = kprobes.registerAll(batch);
      faulty.before(0, () -> {});
      assertThat(other.run(BASE)).isEqualTo(unprobed);
      assertThat(early).containsExactly("hit 0", "hit 4", "hit 4", "hit 8");
      kprobes.unregisterAll(handles);
      early.clear();
    }
    assertThat(steps).as("slots, breakpoints and their synchronisations").isGreaterThan(8);
  }
}
