package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.PlainRegisters;
import io.github.optprobe.toy.ToyArchitecture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Slots are freed although there is never a moment without a hit, once each of those that were in
 * progress when they left is over. The CPUs here stand nowhere in the text: only their hits count.
 */
@Timeout(60)
class GraceTest extends StraightCodeTest {
  private static final long BUSY = BASE + 2;

  private final List<Hit> hits = new ArrayList<>();

  /** Runs in the handler, before it blocks, on the CPU that was hit. */
  private Consumer<Cpu> inHandler = cpu -> {};

  @BeforeEach
  void busyProbe() {
    kprobes.register(
        Kprobe.at(at(BUSY))
            .upTo(Tier.BOOSTED)
            .onHit(registers -> hits.get((int) registers.get("x")).handle())
            .build());
  }

  /** A hit at {@link #BUSY} that goes on until it is told to end. */
  private final class Hit {
    private final Cpu mine;
    private final Semaphore entered = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);
    private final Thread thread;

    Hit(Cpu mine) {
      this.mine = mine;
      PlainRegisters registers = new PlainRegisters(ToyArchitecture.REGISTERS);
      registers.setProgramCounter(BUSY);
      registers.set("x", hits.size());
      hits.add(this);
      thread = new Thread(() -> mine.breakpoint(registers));
      thread.start();
      entered.acquireUninterruptibly();
    }

    void handle() {
      inHandler.accept(mine);
      entered.release();
      mayEnd.acquireUninterruptibly();
    }

    void end() throws InterruptedException {
      mayEnd.release();
      thread.join();
    }
  }

  private Hit begin() {
    return new Hit(kprobes.newCpu(machine.memory()));
  }

  @AfterEach
  void endAll() throws InterruptedException {
    for (Hit each : hits) {
      each.end();
    }
  }

  /** A probe comes and goes, and leaves one slot behind. */
  private void leaveSlot(long address) {
    probe(address, Tier.BOOSTED).close();
  }

  private int freed() {
    return kprobes.runOptimizer().freed();
  }

  private int leaving() {
    return kprobes.counters().freeing();
  }

  @Test
  void hitThatBeganLaterIsNotWaitedFor() throws InterruptedException {
    Hit a = begin();
    leaveSlot(BASE + 8);
    assertThat(freed()).isZero();
    begin();
    a.end();

    assertThat(freed()).isEqualTo(1);
    assertThat(leaving()).isZero();
  }

  @Test
  void hitThatBeganBeforeIsWaitedForHoweverManyComeAndGo() throws InterruptedException {
    Hit a = begin();
    leaveSlot(BASE + 8);
    for (int i = 0; i < 5; i++) {
      begin().end();
      assertThat(freed()).isZero();
    }
    assertThat(leaving()).isEqualTo(1);
    a.end();
    assertThat(freed()).isEqualTo(1);
  }

  @Test
  void nextHitOnTheSameCpuIsAnotherOne() throws InterruptedException {
    Cpu busy = kprobes.newCpu(machine.memory());
    Hit a = new Hit(busy);
    leaveSlot(BASE + 8);
    assertThat(freed()).isZero();
    a.end();
    new Hit(busy);

    assertThat(freed()).isEqualTo(1);
  }

  @Test
  void hitInsideOfAHitDoesNotEndIt() throws InterruptedException {
    inHandler =
        cpu -> {
          leaveSlot(BASE + 8);
          PlainRegisters nested = new PlainRegisters(ToyArchitecture.REGISTERS);
          nested.setProgramCounter(BUSY);
          cpu.breakpoint(nested);
        };
    Hit a = begin();
    assertThat(freed()).isZero();
    a.end();

    assertThat(freed()).isEqualTo(1);
  }

  @Test
  void whatLeavesMeanwhileWaitsForTheHitsOfItsOwnTime() throws InterruptedException {
    Hit a = begin();
    leaveSlot(BASE + 8);
    assertThat(freed()).isZero();
    Hit b = begin();
    leaveSlot(BASE + 12);
    assertThat(leaving()).isEqualTo(2);
    a.end();
    assertThat(freed()).isEqualTo(1);
    assertThat(leaving()).isEqualTo(1);
    begin();
    b.end();
    assertThat(freed()).isEqualTo(1);
  }

  @Test
  void cpuThatEndedInTheMiddleOfAHitIsNotWaitedFor() {
    Hit a = begin();
    leaveSlot(BASE + 8);
    assertThat(freed()).isZero();
    a.mine.leave();

    assertThat(freed()).isEqualTo(1);
  }
}
