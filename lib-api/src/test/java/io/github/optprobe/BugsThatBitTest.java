package io.github.optprobe;

import static io.github.optprobe.ProbeState.DISABLED;
import static io.github.optprobe.ProbeState.UNOPTIMIZING;
import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Bugs of the kernel's optimizer and of the life cycle of its probes, by the numbers of the
 * reference; each rule has a test here, or in the class named. Jumps are taken out lazily here, as
 * the kernel does. Those about hits, slots and inline hooking are in {@link BugsThatBitHitsTest}.
 *
 * <pre>
 *  1  every queue is worked through in every pass      here
 *  2  state of text comes from text                    here
 *  3  a jump that is leaving still owns its bytes      here
 *  4  the state follows the text                       here, PatchProtocolTest
 *  5  know which queue                                 here
 *  6  a neighbour that leaves is reported              here, OptimizerTest
 *  7  the optimizer has a thread of its own            here, OptimizerScheduleTest
 *  8  joining a dying probe may fail                   here, BatchFaultTest
 *  9  unused is looked at again when freeing           here
 * 10  arming and disarming are paired                  here
 * 11  read a state before changing it                  here
 * 12  killing twice                                    GoneTest.removingItTwiceIsHarmless
 * 13  code stays while a probe is being registered     here
 * 14  one mutex                                        ConcurrencyTest
 * 15  lock order                                       can not occur, there is one lock; handlers
 *                                                      may call: LifecycleTest
 * 16  quiescence of tasks, not of CPUs                 QuiescenceTest
 * 17  one object registered twice                      is allowed, a Kprobe is immutable:
 *                                                      LifecycleTest
 * 18  how a probe was armed is stored                  here
 * 19  every byte against the blacklist                 BlacklistTest
 * 20  own code is not probed                           RefusalTest.ownCode, ownGate
 * 21  stepping always ends                             BugsThatBitHitsTest
 * 22  enough instances of return probes                BugsThatBitHitsTest
 * 23  unwind exactly what was built                    here, BatchFaultTest
 * </pre>
 */
class BugsThatBitTest extends StraightCodeTest {
  @BeforeEach
  void lazily() {
    kprobes.close();
    events.clear();
    start(Kprobes.Builder::lazyUnoptimize);
  }

  private int writesOf(Runnable operation) {
    List<AddressRange> writes = new ArrayList<>();
    text.onWrite(writes::add);
    operation.run();
    text.onWrite(range -> {});
    return writes.size();
  }

  @Test
  @DisplayName("1: every queue is worked through in every pass")
  void everyQueueIsWorkedThroughInEveryPass() {
    ProbeHandle stepped = probe(BASE + 4, BOOSTED);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    stepped.close();
    machine.run();

    assertThat(kprobes.runOptimizer()).as("freeing alone").isEqualTo(pass(0, 0, 1));
    ProbeHandle leaving = optimized(BASE);
    leaving.close();
    assertThat(kprobes.runOptimizer()).as("unoptimizing alone").isEqualTo(pass(0, 1, 2));
    ProbeHandle another = optimized(BASE);
    another.close();
    probe(BASE + 8);
    assertThat(kprobes.runOptimizer()).as("all three").isEqualTo(pass(1, 1, 2));
  }

  private static OptimizerPass pass(int optimized, int unoptimized, int freed) {
    return new OptimizerPass(optimized, unoptimized, 0, 0, freed);
  }

  @Test
  @DisplayName("2: the state of text comes from text, not from a queue")
  void codeAroundAJumpThatIsLeavingIsReadAsItWas() {
    ProbeHandle leaving = optimized(BASE + 4);
    leaving.disable();
    assertThat(leaving.state()).isEqualTo(UNOPTIMIZING);
    assertThat(kprobes.originalText().readFully(BASE, originalBytes().length))
        .isEqualTo(originalBytes());
    ProbeHandle over = probe(BASE + 3);

    kprobes.runOptimizer();
    kprobes.runOptimizer();
    assertThat(over.tier()).contains(OPTIMIZED);
    assertThat(over.picture().toString()).doesNotContain("jmp 0x0");
    assertTransparent();
    assertThat(over.hits()).isEqualTo(1);
  }

  @Test
  @DisplayName("3: a jump that is leaving still owns its bytes")
  void noJumpIsWrittenOverOneThatIsLeaving() {
    ProbeHandle inner = optimized(BASE + 6);
    ProbeHandle outer = probe(BASE + 4);
    inner.disable();
    assertThat(inner.state()).isEqualTo(UNOPTIMIZING);

    assertThat(outer.whyNotOptimized().orElseThrow().code()).isEqualTo("PROBE_IN_WINDOW");
    assertTransparent();
    kprobes.runOptimizer();
    assertThat(outer.tier()).contains(OPTIMIZED);
    outer.close();
    kprobes.runOptimizer();
    assertTextIsOriginal();
  }

  @Test
  @DisplayName("4: the state follows the text")
  void originalTextIsReadRightBeforeEveryStepOfEveryOperation() {
    int steps = 0;
    boolean[] ran = {true};
    while (ran[0]) {
      ran[0] = false;
      steps++;
      faulty.before(
          steps,
          () -> {
            ran[0] = true;
            assertThat(kprobes.originalText().readFully(BASE, originalBytes().length))
                .isEqualTo(originalBytes());
          });
      ProbeHandle handle = optimized(BASE + 4);
      ProbeHandle inside = probe(BASE + 6, BOOSTED);
      inside.close();
      kprobes.runOptimizer();
      handle.disable();
      kprobes.runOptimizer();
      faulty.before(0, () -> {});
      handle.close();
      kprobes.runOptimizer();
    }
    assertThat(steps).isGreaterThan(15);
  }

  @Test
  @DisplayName("5: know which queue a probe is on")
  void changingOnesMindBeforeThePassCostsNoStoreAndLosesNothing() {
    ProbeHandle handle = optimized(BASE + 4);
    int writes =
        writesOf(
            () -> {
              for (int i = 0; i < 3; i++) {
                handle.disable();
                handle.enable();
              }
              assertThat(kprobes.runOptimizer()).isEqualTo(pass(0, 0, 0));
            });

    assertThat(writes).isZero();
    assertThat(handle.tier()).contains(OPTIMIZED);
    handle.disable();
    assertThat(kprobes.runOptimizer().unoptimized()).as("once, and not more").isEqualTo(1);
    assertThat(kprobes.runOptimizer().unoptimized()).isZero();
    assertTextIsOriginal();
  }

  @Test
  @DisplayName("6: a neighbour that leaves, lazily too, is reported")
  void probeIsOptimizedOnceItsNeighbourHasLeftOrIsDisabled() {
    ProbeHandle outer = optimized(BASE + 4);
    ProbeHandle inner = optimized(BASE + 6);
    assertThat(outer.tier()).contains(BOOSTED);
    inner.disable();
    kprobes.runOptimizer();
    assertThat(outer.tier()).as("lazily disabled").contains(OPTIMIZED);
    inner.enable();
    kprobes.runOptimizer();
    assertThat(outer.tier()).contains(BOOSTED);
    inner.close();
    kprobes.runOptimizer();

    assertThat(outer.tier()).as("lazily unregistered").contains(OPTIMIZED);
  }

  @Test
  @DisplayName("7: the optimizer has a thread of its own")
  void passesRunOnTheOptimizersThread() throws Exception {
    CompletableFuture<String> thread = new CompletableFuture<>();
    kprobes.close();
    start(
        builder ->
            builder
                .optimizerThread(Duration.ZERO)
                .listener(
                    new ProbeListener() {
                      @Override
                      public void optimized(CodeAddress address) {
                        thread.complete(Thread.currentThread().getName());
                      }
                    }));
    probe(BASE);

    assertThat(thread.get(1, TimeUnit.MINUTES)).isEqualTo("optprobe-optimizer");
  }

  @Test
  @DisplayName("8: joining a dying probe may fail, and nothing has changed then")
  void failureToJoinADyingProbeLeavesItDying() {
    int failures = 0;
    boolean failed = true;
    for (int step = 0; failed; step++) {
      optimized(BASE).close();
      byte[] jump = textNow();
      faulty.failAfter(step, false);
      try {
        Kprobe post = Kprobe.at(at(BASE)).postHandler((probe, registers) -> {}).build();
        kprobes.register(post).close();
        failed = false;
      } catch (TextException injected) {
        failures++;
        // A store that fails is taken back; in the disarming behind it, by the breakpoint.
        assertThat(injected.isTextAsBefore()).isTrue();
        if (kprobes.probes().isEmpty()) {
          assertThat(textNow()).isEqualTo(jump);
          assertThat(kprobes.counters().unoptimizing()).isEqualTo(1);
        }
      }
      faulty.heal();
      kprobes.unregisterAll(kprobes.probes());
      assertThat(kprobes.runOptimizer().failed()).isZero();
      assertTextIsOriginal();
      assertThat(kprobes.liveSlots()).isZero();
    }
    assertThat(failures).isGreaterThan(4);
  }

  @Test
  @DisplayName("8: a refused newcomer leaves a dying probe dying")
  void refusalOfANewcomerLeavesADyingProbeDying() {
    optimized(BASE + 1).close();
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> kprobes.register(Kretprobe.at(at(BASE + 1)).build()));

    assertThat(kprobes.counters().unoptimizing()).isEqualTo(1);
    assertThat(kprobes.runOptimizer().unoptimized()).isEqualTo(1);
    assertTextIsOriginal();
  }

  @Test
  @DisplayName("9: whether a probe is unused is looked at again when it is freed")
  void probeThatWasTakenOverIsNotFreed() {
    optimized(BASE).close();
    ProbeHandle heir = probe(BASE);
    assertThat(heir.tier()).as("without a store").contains(OPTIMIZED);

    assertThat(kprobes.runOptimizer()).isEqualTo(pass(0, 0, 0));
    assertThat(kprobes.liveSlots()).isEqualTo(2);
    assertTransparent();
    assertThat(heir.hits()).isEqualTo(1);
  }

  @Test
  @DisplayName("V2: joining a dying probe disabled does not keep the jump")
  void disabledHeirOfADyingProbeDoesNotKeepTheJump() {
    optimized(BASE).close();
    ProbeHandle heir = kprobes.register(Kprobe.at(at(BASE)).startDisabled().build());
    assertThat(heir.state()).isEqualTo(UNOPTIMIZING);
    kprobes.runOptimizer();
    assertTextIsOriginal();
    assertThat(heir.state()).isEqualTo(DISABLED);
    heir.close();

    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  @DisplayName("V3: a jump that was leaving is a jump again, and not a breakpoint")
  void enablingAJumpThatIsLeavingWritesNoBreakpoint() {
    ProbeHandle handle = optimized(BASE);
    handle.disable();

    assertThat(writesOf(handle::enable)).isZero();
    assertThat(byteAt(BASE)).isEqualTo("07");
    assertThat(handle.tier()).contains(OPTIMIZED);
    handle.disable();
    assertThat(writesOf(() -> probe(BASE))).as("nor does an enabled member").isEqualTo(0);
    assertThat(byteAt(BASE)).isEqualTo("07");
  }

  @Test
  @DisplayName("V6: a probe that made way while dying can be had again")
  void dyingProbeThatMadeWayIsOptimizedWhenItIsRegisteredAgain() {
    optimized(BASE + 4).close();
    ProbeHandle inner = probe(BASE + 6);
    inner.close();
    ProbeHandle again = probe(BASE + 4);
    kprobes.runOptimizer();

    assertThat(again.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  @DisplayName("10: arming and disarming are paired")
  void whatIsNotArmedIsNotDisarmed() {
    ProbeHandle disabled = probe(BASE, BOOSTED);
    disabled.disable();
    ProbeHandle never = kprobes.register(Kprobe.at(at(BASE + 4)).startDisabled().build());

    assertThat(
            writesOf(
                () -> {
                  disabled.disable();
                  disabled.close();
                  never.close();
                  kprobes.disarmAll();
                }))
        .isZero();
    assertTextIsOriginal();
  }

  @Test
  @DisplayName("11: a state is read before it is changed")
  void enabledAndDisabledProbesGoAlike() {
    ProbeHandle enabled = probe(BASE, BOOSTED);
    ProbeHandle disabled = probe(BASE + 2, BOOSTED);
    disabled.disable();
    kprobes.disarmAll();
    kprobes.textRemoved(AddressRange.ofLength(BASE, 4));
    kprobes.armAll();

    assertThat(enabled.isEnabled()).isTrue();
    assertThat(disabled.isEnabled()).isFalse();
    assertThat(kprobes.counters().gone()).isEqualTo(2);
    assertTextIsOriginal();
    enabled.close();
    disabled.close();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  @DisplayName("13: code stays while a probe is being registered in it")
  void textIsNotRemovedInTheMiddleOfARegistration() {
    List<CompletableFuture<Void>> removal = new ArrayList<>();
    faulty.before(
        2,
        () ->
            removal.add(
                CompletableFuture.runAsync(
                    () -> kprobes.textRemoved(AddressRange.ofLength(BASE, 4)))));
    ProbeHandle handle = probe(BASE, BOOSTED);
    removal.get(0).join();

    assertThat(handle.state()).as("first registered, then gone").isEqualTo(ProbeState.GONE);
    text.write(BASE, new byte[] {originalBytes()[0]});
  }

  @Test
  @DisplayName("23: what fails is unwound exactly as far as it was built")
  void failedRegistrationGivesBackWhatItTookAndNoMore() {
    optimized(BASE + 8);
    int slots = kprobes.liveSlots();
    boolean failed = true;
    for (int step = 0; failed; step++) {
      faulty.failAfter(step, false);
      ProbeHandle handle = null;
      try {
        handle = probe(BASE);
      } catch (TextException injected) {
        assertThat(kprobes.liveSlots()).as("step %d", step).isEqualTo(slots);
      }
      failed = faulty.failures() > 0;
      faulty.heal();
      if (handle != null) {
        handle.close();
      }
      assertThat(kprobes.liveSlots()).as("step %d", step).isEqualTo(slots);
    }
    assertTransparent();
  }
}
