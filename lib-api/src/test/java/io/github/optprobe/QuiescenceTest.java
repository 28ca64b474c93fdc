package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static io.github.optprobe.Tier.SINGLE_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyMachine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits for a CPU to leave. */
class QuiescenceTest extends StraightCodeTest {
  @Test
  void waitsWhileACpuStandsInTheWindow() {
    ProbeHandle handle = probe(BASE + 4);
    machine.reset(BASE);
    machine.runUntil(pc -> pc == BASE + 5);

    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(0, 0, 1, 0, 0));
    assertThat(byteAt(BASE + 4)).isEqualTo("cc");
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void doesNotWaitForACpuAtTheFirstInstruction() {
    probe(BASE + 4);
    machine.reset(BASE);
    machine.runUntil(pc -> pc == BASE + 4);

    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SINGLE_STEP", "BOOSTED"})
  void waitsWhileACpuInTheCopyWillReturnIntoTheWindow(Tier tier) {
    ProbeHandle slow = probe(BASE + 4, tier);
    ProbeHandle handle = probe(BASE + 4);
    machine.reset(BASE);
    assertThat(machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent())).isTrue();
    slow.close();

    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(OPTIMIZED);
  }

  @Test
  void waitsWhileACpuInTheCopyOfARemovedProbeWillReturnIntoTheWindow() {
    ProbeHandle outer = probe(BASE + 4);
    ProbeHandle inner = probe(BASE + 5, SINGLE_STEP);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).orElse(0) == BASE + 5);
    inner.close();

    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);
    assertThat(outer.tier()).contains(BOOSTED);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
  }

  @Test
  void waitsWhileACpuInAnothersBufferWillReturnIntoTheWindow() {
    optimized(BASE + 4);
    machine.reset(BASE);
    assertThat(machine.runUntil(pc -> kprobes.originalAddress(pc).isPresent())).isTrue();
    // Its window ends behind 6; that of 5 holds 7.
    ProbeHandle overlapping = probe(BASE + 5);

    assertThat(kprobes.runOptimizer().waiting()).isEqualTo(1);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    kprobes.runOptimizer();
    assertThat(overlapping.tier()).contains(OPTIMIZED);
  }

  @Test
  void waitsWhileAHandlerRunsThatWillReturnThroughTheCopy() {
    List<OptimizerPass> passes = new ArrayList<>();
    ProbeHandle handle =
        kprobes.register(
            Kprobe.at(at(BASE + 4)).onHit(r -> passes.add(kprobes.runOptimizer())).build());
    assertTransparent();

    assertThat(passes).containsExactly(new OptimizerPass(0, 0, 1, 0, 0));
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(OPTIMIZED);
    assertTransparent();
  }

  @Test
  void hitWhileTheJumpIsBeingWrittenGoesThroughTheBuffer() {
    ProbeHandle handle = probe(BASE + 4);
    ToyMachine other = text.newMachine();
    other.attach(kprobes.newCpu(other.memory()));
    // Between tail and head: the second step of the poke is its first synchronisation.
    List<String> seen = new ArrayList<>();
    faulty.before(
        2,
        () -> {
          other.reset(BASE);
          other.runUntil(pc -> kprobes.originalAddress(pc).isPresent());
          seen.add("%x".formatted(kprobes.originalAddress(other.programCounter()).orElse(0)));
        });
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    other.run();

    assertThat(seen).containsExactly("4004");
    assertThat(other.state()).isEqualTo(unprobed);
    assertThat(other.traps()).isEqualTo(1);
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void slotIsFreedOnlyWhenNoCpuIsInIt() {
    ProbeHandle handle = probe(BASE + 4, BOOSTED);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    handle.close();

    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isEqualTo(1);
    assertThat(kprobes.runOptimizer().freed()).isZero();
    assertThat(kprobes.originalAddress(machine.programCounter())).hasValue(BASE + 4);
    machine.run();
    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(kprobes.runOptimizer().freed()).isEqualTo(1);
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void bufferIsFreedOnlyWhenNoCpuIsInItOrInTheGate() {
    List<Integer> live = new ArrayList<>();
    ProbeHandle[] handle = new ProbeHandle[1];
    handle[0] =
        kprobes.register(
            Kprobe.at(at(BASE + 4))
                .onHit(
                    r -> {
                      handle[0].close();
                      live.add(kprobes.liveSlots());
                      kprobes.runOptimizer();
                      live.add(kprobes.liveSlots());
                    })
                .build());
    kprobes.runOptimizer();
    assertTransparent();

    assertThat(live).containsExactly(2, 2);
    assertThat(kprobes.runOptimizer().freed()).isEqualTo(2);
  }

  @Test
  void handlerMayUnregisterItsOwnProbeInATrap() {
    ProbeHandle[] handle = new ProbeHandle[1];
    handle[0] =
        kprobes.register(
            Kprobe.at(at(BASE + 4)).upTo(BOOSTED).onHit(r -> handle[0].close()).build());

    assertTransparent();
    assertTextIsOriginal();
    assertThat(handle[0].hits()).isEqualTo(1);
  }
}
