package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Before every single step of every operation another CPU runs the program, or stands somewhere in
 * it; it sees overwritten bytes as late as it likes until all CPUs are synchronised.
 */
class PatchProtocolTest extends ToyTest {
  private static final int SEEDS = 40;

  private ToyMachine other;

  @BeforeEach
  void program() {
    asm.op(ToyOp.ADD, 2)
        .label("loop")
        .op(ToyOp.INX)
        .op(ToyOp.NOP)
        .op(ToyOp.INX)
        .op(ToyOp.NOP)
        .op(ToyOp.ADDW, 0xFF, 0xFF, 1)
        .to(ToyOp.BNZ, "loop")
        .op(ToyOp.HLT);
    start();
    other = text.newMachine();
    other.attach(kprobes.newCpu(other.memory()));
  }

  /** What is going on while the other CPU runs. */
  private enum Operation {
    ARM(test -> {}, test -> test.probe(BASE + 2)),
    OPTIMIZE(test -> test.probe(BASE + 2), test -> test.kprobes.runOptimizer()),
    UNOPTIMIZE(test -> test.optimized(BASE + 2), test -> test.probe(BASE + 2, Tier.SINGLE_STEP)),
    REMOVE(test -> test.optimized(BASE + 2), test -> test.kprobes.probes().get(0).close()),
    MAKE_WAY(test -> test.optimized(BASE + 2), test -> test.probe(BASE + 3)),
    OPTIMIZE_TWO(
        test -> {
          test.probe(BASE + 2);
          test.probe(BASE + 6);
        },
        test -> test.kprobes.runOptimizer()),
    CLOSE(
        test -> {
          test.optimized(BASE + 2);
          test.optimized(BASE + 6);
        },
        test -> test.kprobes.probes().forEach(ProbeHandle::close));

    @SuppressWarnings("ImmutableEnumChecker")
    private final Consumer<PatchProtocolTest> prepare;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Consumer<PatchProtocolTest> run;

    Operation(Consumer<PatchProtocolTest> prepare, Consumer<PatchProtocolTest> run) {
      this.prepare = prepare;
      this.run = run;
    }
  }

  @ParameterizedTest
  @EnumSource
  void otherCpuRunsThroughBetweenAnyTwoSteps(Operation operation) {
    int steps = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      int step = 1;
      while (runsBefore(step, operation, new Random(seed))) {
        step++;
        steps++;
      }
    }
    assertThat(steps).as("steps that something ran before").isGreaterThan(2 * SEEDS);
  }

  /** Returns whether the operation had that many steps. */
  private boolean runsBefore(int step, Operation operation, Random random) {
    other.seesLate(random);
    operation.prepare.accept(this);
    boolean[] ran = {false};
    // Somewhere in the program already when the operation begins.
    other.reset(BASE);
    int[] ahead = {random.nextInt(30)};
    runUntil(pc -> ahead[0]-- == 0);
    faulty.before(
        step,
        () -> {
          ran[0] = true;
          int[] more = {random.nextInt(20)};
          if (random.nextBoolean()) {
            runUntil(pc -> false);
          } else {
            runUntil(pc -> more[0]-- == 0);
          }
        });
    operation.run.accept(this);
    faulty.before(0, () -> {});
    runUntil(pc -> false);
    assertThat(other.state()).as("step %d of %s", step, operation).isEqualTo(unprobed);
    assertTransparent();
    kprobes.probes().forEach(ProbeHandle::close);
    kprobes.runOptimizer();
    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isZero();
    return ran[0];
  }

  /** Does nothing once the other CPU has halted. */
  private void runUntil(LongPredicate stop) {
    if (other.programCounter() != unprobed.pc()) {
      other.runUntil(stop);
    }
  }
}
