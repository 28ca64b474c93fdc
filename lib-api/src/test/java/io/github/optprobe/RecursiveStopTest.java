package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.toy.OneAtATimeText;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyState;
import io.github.optprobe.toy.ToyTest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * CPUs hit probes while the text is being written and CPUs are being synchronised, with the
 * registry's lock held: nothing waits for that lock, and no synchronisation is begun in another.
 */
@Timeout(60)
class RecursiveStopTest extends ToyTest {
  private static final long PLACE = BASE + 4;

  private HookedText hooked;
  private ToyMachine other;
  private ProbeHandle always;

  /** Everything that patches text. */
  enum Change {
    REGISTER,
    OPTIMIZE,
    DISABLE,
    ENABLE,
    DISARM_ALL,
    SWITCH_OPTIMIZING_OFF,
    UNREGISTER
  }

  @BeforeEach
  void program() {
    for (int i = 0; i < 12; i++) {
      asm.op(ToyOp.NOP).op(ToyOp.INX);
    }
    asm.op(ToyOp.HLT);
    start();
    other = text.newMachine();
    other.attach(kprobes.newCpu(other.memory()));
    always = probe(BASE + 9, Tier.BOOSTED);
  }

  @Override
  protected TextMemory decorated(TextMemory text) {
    hooked = new HookedText(new OneAtATimeText(text));
    return hooked;
  }

  @ParameterizedTest
  @EnumSource
  void hitOnTheSynchronizingThreadCompletes(Change change) {
    assertHitsAtEveryStep(change, this::runOther);
  }

  @ParameterizedTest
  @EnumSource
  void hitOnAnotherThreadCompletesBeforeTheSynchronisationDoes(Change change) {
    assertHitsAtEveryStep(change, this::runOtherOnItsThread);
  }

  private void assertHitsAtEveryStep(Change change, Runnable run) {
    ProbeHandle handle = change == Change.REGISTER ? null : prepared(change);
    int[] steps = {0};
    long before = always.hits() + always.nmissed();
    hooked.atEachStep =
        () -> {
          steps[0]++;
          run.run();
        };
    make(change, handle);
    hooked.atEachStep = () -> {};

    assertThat(steps[0]).isGreaterThan(1);
    // Disarming all takes its breakpoint out on the way.
    long hits = always.hits() + always.nmissed() - before;
    assertThat(hits).isBetween(change == Change.DISARM_ALL ? 1L : steps[0], (long) steps[0]);
  }

  private ProbeHandle prepared(Change change) {
    ProbeHandle handle = probe(PLACE);
    if (change != Change.OPTIMIZE) {
      kprobes.runOptimizer();
    }
    if (change == Change.ENABLE) {
      handle.disable();
    }
    return handle;
  }

  private void make(Change change, ProbeHandle handle) {
    switch (change) {
      case REGISTER -> probe(PLACE);
      case OPTIMIZE -> assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
      case DISABLE -> handle.disable();
      case ENABLE -> handle.enable();
      case DISARM_ALL -> kprobes.disarmAll();
      case SWITCH_OPTIMIZING_OFF -> kprobes.setOptimizing(false);
      case UNREGISTER -> handle.close();
    }
  }

  private void runOther() {
    ToyState state = other.run(BASE);
    other.reset(0);
    assertThat(state).isEqualTo(unprobed);
  }

  private void runOtherOnItsThread() {
    FutureTask<Void> task = new FutureTask<>(this::runOther, null);
    new Thread(task).start();
    try {
      task.get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException failure) {
      throw new AssertionError("a hit waits for the registry", failure);
    }
  }

  @Test
  void handlerThatWaitsForTheRegistryHoldsUpNoSynchronisation() throws InterruptedException {
    ProbeHandle[] inner = new ProbeHandle[1];
    kprobes.register(
        Kprobe.at(at(BASE + 14)).onHit(r -> inner[0] = probe(BASE + 20, Tier.BOOSTED)).build());
    Thread cpu = new Thread(this::runOther);
    hooked.atEachStep =
        () -> {
          if (cpu.getState() == Thread.State.NEW) {
            startAndAwaitBlocked(cpu);
          }
        };
    ProbeHandle handle = probe(PLACE);
    hooked.atEachStep = () -> {};
    cpu.join();

    assertThat(handle.isRegistered()).isTrue();
    assertThat(inner[0].tier()).contains(Tier.BOOSTED);
  }

  private static void startAndAwaitBlocked(Thread thread) {
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void handlerMayPatchWhileNothingElseDoes() {
    kprobes.register(
        Kprobe.at(at(BASE + 14))
            .onHit(
                r -> {
                  probe(BASE + 20).close();
                  kprobes.runOptimizer();
                })
            .build());
    kprobes.runOptimizer();

    assertTransparent();
  }

  /** Does something before each write of probed text and each synchronisation, but not nested. */
  private static final class HookedText extends ForwardingText {
    private Runnable atEachStep = () -> {};

    HookedText(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      atEachStep.run();
      super.write(address, bytes);
    }

    @Override
    public void synchronizeCpus() {
      atEachStep.run();
      super.synchronizeCpus();
      atEachStep.run();
    }
  }
}
