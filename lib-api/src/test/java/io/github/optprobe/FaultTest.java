package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every operation with a failure at each of its writes, synchronisations, allocations and frees.
 */
class FaultTest extends ToyTest {
  private final List<ProbeHandle> handles = new ArrayList<>();

  @BeforeEach
  void program() {
    for (int i = 0; i < 10; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op(ToyOp.ADD, 3).op(ToyOp.HLT);
    start();
  }

  /** How a failure shows. */
  private enum Failing {
    ONCE,
    HALF_WRITTEN,
    /** Taking back fails too, so that the text is not known for a while. */
    TWICE,
    /** And so does everything until it is healed. */
    FOR_GOOD
  }

  /** What is done while something fails. */
  private enum Operation {
    REGISTER {
      @Override
      void run(FaultTest test) {
        test.handles.add(test.probe(BASE));
      }
    },
    REGISTER_SECOND_WITH_POST_HANDLER {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.optimized(BASE));
      }

      @Override
      void run(FaultTest test) {
        test.handles.add(
            test.kprobes.register(Kprobe.at(at(BASE)).postHandler((p, r) -> {}).build()));
      }
    },
    REGISTER_INSIDE_AN_OPTIMIZED_WINDOW {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.optimized(BASE));
      }

      @Override
      void run(FaultTest test) {
        test.handles.add(test.probe(BASE + 1));
      }
    },
    RUN_OPTIMIZER {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.probe(BASE));
      }

      @Override
      void run(FaultTest test) {
        test.kprobes.runOptimizer();
      }
    },
    RUN_OPTIMIZER_FOR_THREE {
      @Override
      void prepare(FaultTest test) {
        for (int i = 0; i < 3; i++) {
          test.handles.add(test.probe(BASE + 3L * i));
        }
      }

      @Override
      void run(FaultTest test) {
        test.kprobes.runOptimizer();
      }
    },
    UNREGISTER {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.probe(BASE));
      }

      @Override
      void run(FaultTest test) {
        test.handles.get(0).close();
      }
    },
    UNREGISTER_OPTIMIZED {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.optimized(BASE));
      }

      @Override
      void run(FaultTest test) {
        test.handles.get(0).close();
      }
    },
    DISABLE {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.optimized(BASE));
      }

      @Override
      void run(FaultTest test) {
        test.handles.get(0).disable();
      }
    },
    ENABLE {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.probe(BASE));
        test.handles.get(0).disable();
      }

      @Override
      void run(FaultTest test) {
        test.handles.get(0).enable();
      }
    },
    ENABLE_INSIDE_AN_OPTIMIZED_WINDOW {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.kprobes.register(Kprobe.at(at(BASE + 2)).startDisabled().build()));
        test.handles.add(test.optimized(BASE));
      }

      @Override
      void run(FaultTest test) {
        test.handles.get(0).enable();
      }
    },
    CLOSE_REGISTRY {
      @Override
      void prepare(FaultTest test) {
        test.handles.add(test.optimized(BASE));
        test.handles.add(test.probe(BASE + 5, BOOSTED));
      }

      @Override
      void run(FaultTest test) {
        test.kprobes.close();
      }
    };

    void prepare(FaultTest test) {}

    abstract void run(FaultTest test);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void failureOfOneStepLeavesTheTextAsBefore(Operation operation) {
    everyStep(operation, Failing.ONCE);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void writeThatFailsHalfWayLeavesTheTextAsBefore(Operation operation) {
    everyStep(operation, Failing.HALF_WRITTEN);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void failureToTakeBackLeavesTextThatRunsAndComesOffLater(Operation operation) {
    everyStep(operation, Failing.TWICE);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void lastingFailureLeavesTextThatRunsAndComesOffLater(Operation operation) {
    everyStep(operation, Failing.FOR_GOOD);
  }

  private void everyStep(Operation operation, Failing failing) {
    int step = 0;
    while (failsAt(step, operation, failing)) {
      step++;
    }
    assertThat(step).as("steps of %s", operation).isGreaterThanOrEqualTo(2);
  }

  private boolean failsAt(int step, Operation operation, Failing failing) {
    operation.prepare(this);
    byte[] before = textNow();
    List<Optional<Tier>> tiers = tiers();
    switch (failing) {
      case ONCE -> faulty.failAfter(step, false);
      case HALF_WRITTEN -> faulty.failAfter(step, true);
      case TWICE -> faulty.failAfter(step, 2);
      case FOR_GOOD -> faulty.failFrom(step);
    }
    TextException thrown = thrownBy(operation);
    boolean failed = faulty.failures() > 0;
    faulty.heal();
    if (thrown != null && thrown.isTextAsBefore()) {
      if (operation != Operation.CLOSE_REGISTRY) {
        assertThat(textNow()).as("step %d", step).isEqualTo(before);
        assertThat(tiers()).as("step %d", step).isEqualTo(tiers);
      }
    } else if (failing == Failing.ONCE || failing == Failing.HALF_WRITTEN) {
      assertThat(thrown).as("one failure is taken back").isNull();
    }
    assertStillUsable(operation, step);
    return failed;
  }

  private TextException thrownBy(Operation operation) {
    try {
      operation.run(this);
      return null;
    } catch (TextException failure) {
      assertThat(failure).hasMessageContaining("injected");
      return failure;
    }
  }

  private List<Optional<Tier>> tiers() {
    return handles.stream().map(ProbeHandle::tier).toList();
  }

  private void assertStillUsable(Operation operation, int step) {
    assertTransparent();
    if (operation == Operation.CLOSE_REGISTRY) {
      kprobes.close();
      restart();
      return;
    }
    kprobes.runOptimizer();
    assertTransparent();
    handles.forEach(ProbeHandle::close);
    handles.clear();
    kprobes.runOptimizer();
    assertTextIsOriginal();
    assertThat(kprobes.probes()).as("step %d", step).isEmpty();
    assertThat(kprobes.liveSlots()).as("step %d", step).isZero();
    // One spare page for copies, one for buffers.
    assertThat(text.liveAllocations()).as("step %d", step).isLessThanOrEqualTo(2);
    // And the next one there is as good as new.
    ProbeHandle next = optimized(BASE);
    assertTransparent();
    assertThat(next.hits()).isEqualTo(1);
    next.close();
  }

  private void restart() {
    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isZero();
    assertThat(text.liveAllocations()).isZero();
    handles.clear();
    start();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void retryingTheSameOperationAfterAFailureSucceeds(Operation operation) {
    for (int step = 0; step < 12; step++) {
      operation.prepare(this);
      int known = handles.size();
      faulty.failAfter(step, false);
      TextException thrown = thrownBy(operation);
      faulty.heal();
      if (thrown != null) {
        assertThat(handles).hasSize(known);
        operation.run(this);
      }
      boolean all = operation == Operation.CLOSE_REGISTRY;
      if (all) {
        assertThat(handles).noneMatch(ProbeHandle::isRegistered);
      }
      assertStillUsable(operation, step);
    }
  }

  @Test
  void breakpointOfWhichNothingIsKnownIsWrittenAgain() {
    ProbeHandle first = probe(BASE, BOOSTED);
    // The original is stored; its synchronisation fails, and storing the breakpoint again too.
    faulty.failAfter(1, 2);
    assertThatExceptionOfType(TextException.class).isThrownBy(first::disable);
    faulty.heal();
    assertThat(first.isEnabled()).isTrue();
    ProbeHandle second = probe(BASE, BOOSTED);
    assertTransparent();

    assertThat(first.hits()).isEqualTo(1);
    assertThat(second.hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"RUN_OPTIMIZER_FOR_THREE"})
  void oneBadStoreDoesNotKeepTheOthersSlow(Operation operation) {
    operation.prepare(this);
    faulty.failAfter(1, false);

    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(3, 0, 0, 0, 0));
    assertThat(handles).allMatch(handle -> handle.tier().equals(Optional.of(OPTIMIZED)));
  }
}
