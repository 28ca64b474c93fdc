package io.github.optprobe;

import static io.github.optprobe.ProbeState.GONE;
import static io.github.optprobe.ProbeState.UNREGISTERED;
import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text that was removed under the probes that stood in it. */
class GoneTest extends StraightCodeTest {
  /** Where {@link #unload} unloads. */
  private static final int FIRST = 4;

  private static final int LAST = 11;

  private final List<AddressRange> written = new ArrayList<>();

  private static AddressRange range(int first, int last) {
    return new AddressRange(BASE + first, BASE + last);
  }

  /** Something is unloaded and the same is loaded again; from then on writes are recorded. */
  private void unload(int first, int last) {
    kprobes.textRemoved(range(first, last));
    text.write(BASE + first, Arrays.copyOfRange(originalBytes(), first, last + 1));
    text.onWrite(
        range -> {
          if (range.overlaps(range(first, last))) {
            written.add(range);
          }
        });
  }

  private void unload() {
    unload(FIRST, LAST);
  }

  private void assertNothingWritten() {
    assertThat(written).as("writes to removed text").isEmpty();
  }

  @Test
  void handlesSayThatTheyAreGoneAndStayRegisteredUntilClosed() {
    List<ProbeHandle> handles = List.of(optimized(BASE + 4), probe(BASE + 7, BOOSTED));
    handles.get(1).disable();
    unload();

    for (ProbeHandle handle : handles) {
      assertThat(handle.state()).isEqualTo(GONE);
      assertThat(handle.isRegistered()).isTrue();
      assertThat(handle.tier()).isEmpty();
      assertThat(handle.picture().toString()).isNotBlank();
      handle.close();
      assertThat(handle.state()).isEqualTo(UNREGISTERED);
      handle.close();
    }
    assertThat(handles.get(0).isEnabled()).isTrue();
    assertThat(handles.get(1).isEnabled()).isFalse();
    assertNothingWritten();
  }

  @Test
  void goneProbeIsNotEnabledOrDisabled() {
    ProbeHandle handle = probe(BASE + 4);
    unload();

    assertThatIllegalStateException()
        .isThrownBy(handle::enable)
        .withMessageContaining("removed")
        .withMessageContaining("0x4004");
    assertThatIllegalStateException().isThrownBy(handle::disable).withMessageContaining("removed");
    assertThat(handle.state()).isEqualTo(GONE);
    assertNothingWritten();
  }

  @Test
  void nothingIsWrittenThereWhateverHappensNext() {
    List<ProbeHandle> handles =
        List.of(optimized(BASE + 4), probe(BASE + 7), probe(BASE + 8, BOOSTED));
    ProbeHandle outside = probe(BASE);
    unload();
    kprobes.runOptimizer();
    kprobes.disarmAll();
    kprobes.armAll();
    kprobes.setOptimizing(false);
    kprobes.setOptimizing(true);
    outside.disable();
    outside.enable();
    kprobes.runOptimizer();
    assertThat(outside.tier()).contains(OPTIMIZED);
    kprobes.unregisterAll(handles);
    kprobes.close();

    assertNothingWritten();
  }

  @Test
  void queuedProbeIsDequeued() {
    probe(BASE + 4);
    probe(BASE + 8);
    unload();

    assertThat(kprobes.counters().optimizing()).isZero();
    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(0, 0, 0, 0, 0));
    assertNothingWritten();
  }

  @Test
  void probeThatWasLeavingLazilyIsNotRestored() {
    kprobes.close();
    start(Kprobes.Builder::lazyUnoptimize);
    ProbeHandle closed = optimized(BASE + 4);
    ProbeHandle disabled = optimized(BASE + 8);
    closed.close();
    disabled.disable();
    assertThat(kprobes.counters().unoptimizing()).isEqualTo(2);
    unload();

    assertThat(kprobes.counters().unoptimizing()).isZero();
    assertThat(kprobes.runOptimizer().unoptimized()).isZero();
    assertThat(closed.state()).as("was unregistered before").isEqualTo(UNREGISTERED);
    assertThat(disabled.state()).isEqualTo(GONE);
    assertThat(kprobes.liveSlots()).isZero();
    assertNothingWritten();
  }

  @Test
  void probeThatCouldNotBeRestoredIsNotTriedAgain() {
    ProbeHandle handle = probe(BASE + 4, BOOSTED);
    faulty.failAfter(1, 2);
    assertThatExceptionOfType(TextException.class).isThrownBy(handle::close);
    faulty.heal();
    unload();
    kprobes.runOptimizer();
    handle.close();

    assertNothingWritten();
  }

  @Test
  void slotsAreFreed() {
    optimized(BASE + 4);
    probe(BASE + 8);
    assertThat(kprobes.liveSlots()).isEqualTo(4);
    unload();

    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void slotThatACpuIsInIsFreedLater() {
    ProbeHandle handle = probe(BASE + 4, BOOSTED);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    unload();
    assertThat(kprobes.liveSlots()).isEqualTo(1);
    assertThat(kprobes.counters().freeing()).isEqualTo(1);
    machine.run();

    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(kprobes.runOptimizer().freed()).isEqualTo(1);
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void removingItTwiceIsHarmless() {
    ProbeHandle handle = optimized(BASE + 4);
    unload();
    ProbeCounters once = kprobes.counters();
    kprobes.textRemoved(range(FIRST, LAST));

    assertThat(kprobes.counters()).isEqualTo(once);
    handle.close();
    kprobes.textRemoved(range(FIRST, LAST));
    assertThat(kprobes.counters().gone()).isZero();
    assertThat(handle.state()).isEqualTo(UNREGISTERED);
  }

  @Test
  void newProbeAtTheAddressWorksAndTheOldOnesStayDead() {
    ProbeHandle old = optimized(BASE + 4);
    ProbeHandle another = probe(BASE + 4);
    unload();
    ProbeHandle fresh = optimized(BASE + 4);
    assertTransparent();
    old.close();
    assertThatIllegalStateException().isThrownBy(another::enable);
    assertTransparent();

    assertThat(fresh.tier()).contains(OPTIMIZED);
    assertThat(fresh.hits()).isEqualTo(2);
    assertThat(old.hits() + another.hits()).isZero();
    assertThat(another.state()).isEqualTo(GONE);
    assertThat(kprobes.probes()).containsExactly(fresh, another);
    kprobes.textRemoved(range(FIRST, LAST));
    assertThat(fresh.state()).isEqualTo(GONE);
    text.write(BASE + 4, Arrays.copyOfRange(originalBytes(), 4, 7));
  }

  @Test
  void newCodeInTheRangeIsLookedAtAnew() {
    ProbeHandle old = optimized(BASE + 4);
    unload();
    byte[] before = text.readFully(BASE + 4, 4);
    text.write(BASE + 4, new byte[] {0x10, 0, 0, 0});

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> probe(BASE + 5))
        .withMessageContaining("NOT_A_BOUNDARY");
    ProbeHandle fresh = optimized(BASE + 4);
    assertThat(fresh.picture().toString()).contains("addw");
    fresh.close();
    old.close();
    text.write(BASE + 4, before);
  }

  @ParameterizedTest
  @CsvSource({"5, 9", "6, 9", "0, 4", "0, 5", "5, 5"})
  void rangeThatSplitsAWindowIsAnErrorAndNothingChanges(int first, int last) {
    ProbeHandle handle = optimized(BASE + 4);
    ProbeHandle other = probe(BASE + (first == 5 ? 8 : 1));
    byte[] before = textNow();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> kprobes.textRemoved(range(first, last)))
        .withMessageContaining("0x4004");
    assertThat(textNow()).isEqualTo(before);
    assertThat(handle.tier()).contains(OPTIMIZED);
    assertThat(other.state()).isEqualTo(ProbeState.OPTIMIZING);
    assertTransparent();
  }

  @ParameterizedTest
  @CsvSource({"20, 24", "25, 25", "25, 30"})
  void rangeThatSplitsAnInstructionIsAnErrorAndNothingChanges(int first, int last) {
    ProbeHandle handle = probe(BASE + 24, BOOSTED);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> kprobes.textRemoved(range(first, last)))
        .withMessageContaining("[0x4018..0x4019]");
    assertThat(handle.state()).isEqualTo(ProbeState.ARMED);
    assertTransparent();
  }

  @Test
  void rangeThatHoldsSlotsIsAnErrorAndNothingChanges() {
    ProbeHandle handle = optimized(BASE + 4);
    long page = jumpTarget(BASE + 4) & -4096;
    for (AddressRange range :
        List.of(
            AddressRange.ofLength(page, 1),
            AddressRange.ofLength(page + 4095, 1),
            AddressRange.ofLength(page - 16, 32),
            AddressRange.ofLength(page - 16, 8192))) {
      assertThatIllegalArgumentException()
          .as("%s", range)
          .isThrownBy(() -> kprobes.textRemoved(range))
          .withMessageContaining("slots");
    }
    kprobes.textRemoved(AddressRange.ofLength(page + 4096, 4096));

    assertThat(handle.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  void neighbourWhoseUnwrittenWindowReachesInStaysABreakpoint() {
    ProbeHandle reaching = probe(BASE + 2);
    ProbeHandle inside = probe(BASE + 4, BOOSTED);
    ProbeHandle touching = probe(BASE + 1, BOOSTED);
    unload();
    kprobes.runOptimizer();

    assertThat(inside.state()).isEqualTo(GONE);
    assertThat(reaching.tier()).contains(BOOSTED);
    assertThat(reaching.whyNotOptimized().orElseThrow().code()).isEqualTo("UNMAPPED");
    assertThat(touching.state()).isEqualTo(ProbeState.ARMED);
    assertThat(kprobes.liveSlots()).as("two copies, no buffer").isEqualTo(2);
    assertNothingWritten();
    assertTransparent();
  }

  @Test
  void neighbourIsOptimizedOverNewCodeOnceItIsEnabledAgain() {
    ProbeHandle reaching = probe(BASE + 2);
    kprobes.textRemoved(range(FIRST, LAST));
    text.write(BASE + 4, new byte[] {0x0B});
    reaching.disable();
    reaching.enable();
    kprobes.runOptimizer();

    assertThat(reaching.tier()).contains(OPTIMIZED);
    assertThat(machine.run(BASE).x()).as("one more INX").isEqualTo(unprobed.x() + 1);
    reaching.close();
    text.write(BASE + 4, new byte[] {originalBytes()[4]});
  }

  @Test
  void probeThatStoodInAWindowFromOutsideIsForgottenWithTheRange() {
    ProbeHandle window = probe(BASE + 4);
    ProbeHandle inWindow = probe(BASE + 6, BOOSTED);
    ProbeHandle behind = probe(BASE + 12);
    kprobes.textRemoved(range(6, LAST));
    text.write(BASE + 6, Arrays.copyOfRange(originalBytes(), 6, LAST + 1));
    kprobes.runOptimizer();

    assertThat(inWindow.state()).isEqualTo(GONE);
    assertThat(window.tier()).contains(BOOSTED);
    assertThat(behind.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  void listAndCountersShowWhatIsGone() {
    probe(BASE);
    ProbeHandle gone = optimized(BASE + 4);
    probe(BASE + 4);
    unload();

    assertThat(kprobes.list()).hasSize(3);
    assertThat(kprobes.list().get(0)).doesNotContain("GONE");
    assertThat(kprobes.list().subList(1, 3)).allMatch(line -> line.contains("[GONE]"));
    ProbeCounters counters = kprobes.counters();
    assertThat(counters.probes()).isEqualTo(3);
    assertThat(counters.gone()).isEqualTo(2);
    assertThat(counters.addresses()).isEqualTo(1);
    assertThat(counters.armed()).isEqualTo(1);
    assertThat(counters.optimized()).as("only the one outside").isEqualTo(1);
    gone.close();
    assertThat(kprobes.counters().gone()).isEqualTo(1);
    assertThat(kprobes.list()).hasSize(2);
  }

  @Test
  void registryThatIsClosedClosesTheGoneToo() {
    ProbeHandle handle = optimized(BASE + 4);
    unload();
    kprobes.close();

    assertThat(handle.state()).isEqualTo(UNREGISTERED);
    assertThat(kprobes.counters().gone()).isZero();
    assertNothingWritten();
  }

  @Test
  void disarmedProbesGoToo() {
    ProbeHandle handle = probe(BASE + 4);
    kprobes.disarmAll();
    unload();
    kprobes.armAll();

    assertThat(handle.state()).isEqualTo(GONE);
    assertNothingWritten();
    assertTransparent();
    assertThat(handle.hits()).isZero();
  }

  @Test
  void handlerMayReportItsOwnTextAsRemoved() {
    ProbeHandle handle =
        kprobes.register(
            Kprobe.at(at(BASE + 4)).upTo(BOOSTED).onHit(r -> unload(FIRST, LAST)).build());
    machine.reset(BASE);
    machine.run();

    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(handle.state()).isEqualTo(GONE);
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
    assertNothingWritten();
  }

  @Test
  void addressOfAGoneProbeIsExplainedAsIfNoneStoodThere() {
    ProbeHandle old = optimized(BASE + 4);
    unload();
    assertThat(kprobes.explain(at(BASE + 4)).verdict(OPTIMIZED).isAccepted()).isTrue();
    assertNothingWritten();
    old.close();
  }
}
