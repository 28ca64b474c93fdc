package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.AddressRange;
import org.junit.jupiter.api.Test;

/** The figures of a registry. */
class CountersTest extends StraightCodeTest {
  private ProbeCounters now() {
    return kprobes.counters();
  }

  @Test
  void beginAtZero() {
    assertThat(now()).isEqualTo(new ProbeCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void followAProbeThroughItsLife() {
    ProbeHandle handle = probe(BASE);
    assertThat(now()).isEqualTo(new ProbeCounters(1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0));
    kprobes.runOptimizer();
    assertThat(now()).isEqualTo(new ProbeCounters(1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0));
    ProbeHandle second = probe(BASE);
    assertThat(now()).isEqualTo(new ProbeCounters(2, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0));
    second.close();
    handle.disable();
    assertThat(now()).isEqualTo(new ProbeCounters(1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0));
    handle.close();
    assertThat(now()).isEqualTo(new ProbeCounters(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0));
  }

  @Test
  void countWhatLeavesLazily() {
    kprobes.close();
    start(Kprobes.Builder::lazyUnoptimize);
    ProbeHandle closed = probe(BASE);
    ProbeHandle disabled = optimized(BASE + 4);
    closed.close();
    disabled.disable();

    ProbeCounters leaving = now();
    assertThat(leaving.probes()).as("one is unregistered already").isEqualTo(1);
    assertThat(leaving.addresses()).as("both have text to be restored").isEqualTo(2);
    assertThat(leaving.unoptimizing()).isEqualTo(2);
    assertThat(leaving.optimized()).isEqualTo(2);
    assertThat(leaving.unoptimizedTotal()).isZero();
    kprobes.runOptimizer();
    assertThat(now()).isEqualTo(new ProbeCounters(1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 0));
  }

  @Test
  void countSlotsThatACpuIsIn() {
    ProbeHandle handle = probe(BASE + 4, BOOSTED);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    handle.close();

    assertThat(now()).isEqualTo(new ProbeCounters(0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0));
    machine.run();
    kprobes.runOptimizer();
    assertThat(now().freeing()).isZero();
  }

  @Test
  void countWhatIsGone() {
    ProbeHandle handle = probe(BASE);
    kprobes.disarmAll();
    kprobes.textRemoved(AddressRange.ofLength(BASE, 4));

    assertThat(now()).isEqualTo(new ProbeCounters(1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0));
    handle.close();
    assertThat(now().probes()).isZero();
    assertThat(now().gone()).isZero();
  }

  @Test
  void countJumpsThatCouldNotBeWritten() {
    probe(BASE);
    faulty.failAfter(0, false);
    kprobes.runOptimizer();

    assertThat(now()).isEqualTo(new ProbeCounters(1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1));
  }

  @Test
  void doNotMoveWhenAnOperationFails() {
    optimized(BASE);
    ProbeCounters before = now();
    faulty.failAfter(5, false);
    try {
      probe(BASE + 1, BOOSTED);
    } catch (io.github.optprobe.text.TextException injected) {
      ProbeCounters after = now();
      assertThat(after.probes()).isEqualTo(before.probes());
      assertThat(after.armed()).isEqualTo(before.armed());
      assertThat(after.optimized()).isEqualTo(before.optimized());
      return;
    }
    throw new AssertionError("nothing failed");
  }
}
