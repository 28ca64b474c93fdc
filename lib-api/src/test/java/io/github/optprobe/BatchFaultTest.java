package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation on many probes, with a failure at each of its steps: all or nothing, also where
 * it is cut into batches or mixes instruction sets, and a later attempt succeeds.
 */
class BatchFaultTest extends ToyTest {
  private final List<ProbeHandle> handles = new ArrayList<>();

  /** The handlers that ran, in order. */
  private final List<Kprobe> ran = new ArrayList<>();

  private void program(int batchLimit) {
    for (int i = 0; i < 24; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op(ToyOp.ADD, 3).op(ToyOp.HLT);
    start(builder -> builder.batchLimit(batchLimit).architecture(new ToyArchitecture(SECOND)));
  }

  private Kprobe.Builder plain(int offset) {
    return plain(at(BASE + offset));
  }

  private Kprobe.Builder second(int offset) {
    return plain(new CodeAddress(BASE + offset, SECOND));
  }

  private Kprobe.Builder plain(CodeAddress address) {
    return Kprobe.at(address)
        .preHandler(
            (probe, registers) -> {
              ran.add(probe);
              return HandlerOutcome.CONTINUE;
            });
  }

  private Kprobe.Builder post(int offset) {
    return plain(offset).postHandler((probe, registers) -> {});
  }

  private void register(Kprobe.Builder... probes) {
    handles.addAll(kprobes.registerAll(Stream.of(probes).map(Kprobe.Builder::build).toList()));
  }

  private void unregister(int... numbers) {
    List<ProbeHandle> leaving = new ArrayList<>();
    for (int number : numbers) {
      leaving.add(handles.get(number));
    }
    kprobes.unregisterAll(leaving);
    handles.removeAll(leaving);
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
    REGISTER_AT_SEVERAL_ADDRESSES {
      @Override
      void run(BatchFaultTest test) {
        test.register(test.plain(12), test.plain(0), test.plain(6));
      }
    },
    REGISTER_SEVERAL_AT_ONE_ADDRESS {
      @Override
      void run(BatchFaultTest test) {
        test.register(test.plain(0), test.plain(0), test.plain(6), test.plain(0));
      }
    },
    JOIN_JUMPS {
      @Override
      void prepare(BatchFaultTest test) {
        test.register(test.plain(0), test.plain(0), test.plain(6));
      }

      @Override
      void run(BatchFaultTest test) {
        test.register(test.plain(0), test.plain(12), test.plain(6));
      }
    },
    JOIN_JUMPS_WITH_POST_HANDLERS {
      @Override
      void prepare(BatchFaultTest test) {
        test.register(test.plain(0), test.plain(6), test.plain(12));
      }

      @Override
      void run(BatchFaultTest test) {
        test.register(test.post(0), test.plain(18), test.post(6), test.post(12));
      }
    },
    REGISTER_INSIDE_WINDOWS {
      @Override
      void prepare(BatchFaultTest test) {
        test.register(test.plain(0), test.plain(6), test.plain(12));
      }

      @Override
      void run(BatchFaultTest test) {
        test.register(test.plain(1), test.plain(8), test.plain(13), test.plain(14));
      }
    },
    UNREGISTER_MEMBERS_IN_ANY_ORDER {
      @Override
      void prepare(BatchFaultTest test) {
        test.register(test.plain(0), test.plain(0), test.plain(0), test.plain(0), test.plain(6));
      }

      @Override
      void run(BatchFaultTest test) {
        test.unregister(2, 4, 0);
      }
    },
    UNREGISTER_ALL_OF_ALL_KINDS {
      @Override
      void prepare(BatchFaultTest test) {
        test.register(test.plain(0), test.plain(0), test.post(6), test.plain(12).upTo(BOOSTED));
        test.register(test.plain(16), test.plain(18).startDisabled(), test.plain(20));
      }

      @Override
      void run(BatchFaultTest test) {
        test.unregister(6, 5, 4, 3, 2, 1, 0);
      }
    },
    DISARM_ALL {
      @Override
      void prepare(BatchFaultTest test) {
        UNREGISTER_ALL_OF_ALL_KINDS.prepare(test);
      }

      @Override
      void run(BatchFaultTest test) {
        test.kprobes.disarmAll();
      }
    },
    ARM_ALL {
      @Override
      void prepare(BatchFaultTest test) {
        UNREGISTER_ALL_OF_ALL_KINDS.prepare(test);
        test.kprobes.disarmAll();
      }

      @Override
      void run(BatchFaultTest test) {
        test.kprobes.armAll();
      }
    },
    SWITCH_OPTIMIZING_OFF {
      @Override
      void prepare(BatchFaultTest test) {
        UNREGISTER_ALL_OF_ALL_KINDS.prepare(test);
      }

      @Override
      void run(BatchFaultTest test) {
        test.kprobes.setOptimizing(false);
      }
    },
    REGISTER_IN_TWO_INSTRUCTION_SETS {
      @Override
      void prepare(BatchFaultTest test) {
        test.register(test.plain(0), test.second(6));
      }

      @Override
      void run(BatchFaultTest test) {
        test.register(test.second(1), test.plain(7), test.second(12), test.plain(16));
      }
    },
    UNREGISTER_IN_TWO_INSTRUCTION_SETS {
      @Override
      void prepare(BatchFaultTest test) {
        test.register(test.plain(0), test.second(6), test.second(12), test.plain(18));
      }

      @Override
      void run(BatchFaultTest test) {
        test.unregister(0, 1, 2, 3);
      }
    },
    DISARM_IN_TWO_INSTRUCTION_SETS {
      @Override
      void prepare(BatchFaultTest test) {
        UNREGISTER_IN_TWO_INSTRUCTION_SETS.prepare(test);
      }

      @Override
      void run(BatchFaultTest test) {
        test.kprobes.disarmAll();
      }
    };

    void prepare(BatchFaultTest test) {}

    abstract void run(BatchFaultTest test);
  }

  static Stream<Arguments> cases() {
    return Stream.of(Operation.values())
        .flatMap(
            operation ->
                Stream.of(Failing.values())
                    .flatMap(
                        failing ->
                            Stream.of(1024, 2, 1)
                                .map(limit -> Arguments.of(operation, failing, limit))));
  }

  @ParameterizedTest(name = "{0} {1} in batches of {2}")
  @MethodSource("cases")
  void failureOfAnyStepLeavesAllAsBeforeAndALaterAttemptSucceeds(
      Operation operation, Failing failing, int batchLimit) {
    program(batchLimit);
    int step = 0;
    while (failsAt(step, operation, failing)) {
      step++;
    }
    assertThat(step).as("steps").isGreaterThanOrEqualTo(4);
  }

  private boolean failsAt(int step, Operation operation, Failing failing) {
    operation.prepare(this);
    kprobes.runOptimizer();
    Snapshot before = new Snapshot();
    switch (failing) {
      case ONCE -> faulty.failAfter(step, false);
      case HALF_WRITTEN -> faulty.failAfter(step, true);
      case TWICE -> faulty.failAfter(step, 2);
      case FOR_GOOD -> faulty.failFrom(step);
    }
    TextException thrown = thrownBy(operation);
    boolean failed = faulty.failures() > 0;
    faulty.heal();
    if (thrown != null) {
      boolean once = failing == Failing.ONCE || failing == Failing.HALF_WRITTEN;
      assertThat(once && !thrown.isTextAsBefore()).as("one failure is taken back").isFalse();
      if (thrown.isTextAsBefore()) {
        before.assertStillSo(step);
      }
      assertTransparent();
      operation.run(this);
    }
    assertDone(step);
    cleanUp(step);
    return failed;
  }

  private TextException thrownBy(Operation operation) {
    int known = handles.size();
    try {
      operation.run(this);
      return null;
    } catch (TextException failure) {
      assertThat(failure).hasMessageContaining("injected");
      assertThat(handles).hasSize(known);
      return failure;
    }
  }

  /** The operation is through: whoever is to run runs, in registration order. */
  private void assertDone(int step) {
    for (boolean optimized : new boolean[] {false, true}) {
      if (optimized) {
        kprobes.runOptimizer();
      }
      ran.clear();
      assertTransparent();
      assertThat(ran).as("step %d", step).isEqualTo(armed());
    }
    assertThat(kprobes.counters().optimizing()).as("step %d", step).isZero();
    assertThat(kprobes.counters().unoptimizing()).as("step %d", step).isZero();
  }

  private List<Kprobe> armed() {
    return kprobes.probes().stream()
        .filter(handle -> handle.tier().isPresent() && handle.isEnabled())
        .map(handle -> (Kprobe) handle.probe())
        .toList();
  }

  private void cleanUp(int step) {
    kprobes.unregisterAll(handles);
    handles.clear();
    kprobes.runOptimizer();
    kprobes.armAll();
    kprobes.setOptimizing(true);
    assertTextIsOriginal();
    assertThat(kprobes.probes()).as("step %d", step).isEmpty();
    assertThat(kprobes.liveSlots()).as("step %d", step).isZero();
    // One spare page for copies, one for buffers.
    assertThat(text.liveAllocations()).as("step %d", step).isLessThanOrEqualTo(2);
  }

  /** Everything that can be seen from outside. */
  private final class Snapshot {
    private final byte[] bytes = textNow();
    private final List<ProbeHandle> probes = kprobes.probes();
    private final List<String> list = kprobes.list();
    private final int slots = kprobes.liveSlots();
    private final boolean armed = kprobes.isArmed();
    private final boolean optimizing = kprobes.isOptimizing();

    void assertStillSo(int step) {
      assertThat(textNow()).as("step %d", step).isEqualTo(bytes);
      assertThat(kprobes.probes()).as("step %d", step).isEqualTo(probes);
      assertThat(kprobes.list()).as("step %d", step).isEqualTo(list);
      assertThat(kprobes.liveSlots()).as("step %d", step).isEqualTo(slots);
      assertThat(kprobes.isArmed()).isEqualTo(armed);
      assertThat(kprobes.isOptimizing()).isEqualTo(optimizing);
      ran.clear();
      assertTransparent();
      assertThat(ran).as("step %d", step).isEqualTo(armed());
    }
  }
}
