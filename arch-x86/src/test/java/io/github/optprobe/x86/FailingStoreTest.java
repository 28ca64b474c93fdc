package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.OptimizerPass;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.text.Fault;
import io.github.optprobe.testkit.text.FaultInjectingText;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each single step of every operation is made to fail, before it has done anything and half-way.
 * The failure is reported, the text is as it was before the operation, and the registry works on.
 */
class FailingStoreTest {
  private static final Snippet SNIPPET = Snippet.named("call_behind_short_instructions");
  private static final List<Operation> OPERATIONS =
      List.of(Operation.WRITE, Operation.SYNCHRONIZE, Operation.ALLOCATE);

  /** What is done, after what has been done. */
  enum Action {
    REGISTER(false) {
      @Override
      void run(Kprobes kprobes, ProbeHandle first) {
        kprobes.register(at(3));
      }
    },
    REGISTER_INSIDE_A_JUMP(true) {
      @Override
      void run(Kprobes kprobes, ProbeHandle first) {
        kprobes.register(at(1));
      }
    },
    OPTIMIZE(false) {
      @Override
      void run(Kprobes kprobes, ProbeHandle first) {
        OptimizerPass pass = kprobes.runOptimizer();
        if (pass.failed() > 0) {
          Refusal refusal = first.whyNotOptimized().orElseThrow();
          assertThat(refusal.code()).isEqualTo("STORE_FAILED");
          throw new TextException(Operation.WRITE, 0, 0, refusal.message());
        }
      }
    },
    DISABLE_A_JUMP(true) {
      @Override
      void run(Kprobes kprobes, ProbeHandle first) {
        first.disable();
      }
    },
    UNREGISTER_A_JUMP(true) {
      @Override
      void run(Kprobes kprobes, ProbeHandle first) {
        first.close();
      }
    },
    UNREGISTER_A_BREAKPOINT(false) {
      @Override
      void run(Kprobes kprobes, ProbeHandle first) {
        first.close();
      }
    };

    private final boolean optimizedBefore;

    Action(boolean optimizedBefore) {
      this.optimizedBefore = optimizedBefore;
    }

    abstract void run(Kprobes kprobes, ProbeHandle first);

    private static Kprobe at(int boundary) {
      try (SnippetMachine machine = new SnippetMachine(SNIPPET)) {
        return Kprobe.at(X86_64.at(machine.boundaries()[boundary])).onHit(r -> {}).build();
      }
    }
  }

  static Stream<Arguments> everyStep() {
    return Stream.of(Action.values())
        .flatMap(
            action ->
                OPERATIONS.stream()
                    .flatMap(operation -> steps(action, operation))
                    .map(fault -> Arguments.of(action, fault)));
  }

  /** As many faults as the action has steps of that kind, each also after writing a byte. */
  private static Stream<Fault> steps(Action action, Operation operation) {
    try (Setup setup = new Setup(action)) {
      setup.text.heal();
      action.run(setup.kprobes, setup.first);
      int count = setup.text.count(operation);
      return Stream.iterate(1, nth -> nth + 1)
          .limit(count)
          .map(nth -> Fault.at(operation, nth))
          .flatMap(
              fault ->
                  operation == Operation.WRITE
                      ? Stream.of(fault, fault.afterWriting(1), fault.afterWriting(3))
                      : Stream.of(fault));
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("everyStep")
  void a_failing_step_is_reported_and_leaves_the_text_as_it_was(Action action, Fault fault) {
    try (Setup setup = new Setup(action)) {
      byte[] before = setup.machine.codeNow();
      setup.text.inject(fault);

      Throwable thrown = catchThrowable(() -> action.run(setup.kprobes, setup.first));

      boolean optimizingFailedOnly = thrown == null && setup.text.struck() > 0;
      if (optimizingFailedOnly) {
        // The detour buffer could not be made: a probe that was registered stays a breakpoint.
        assertThat(action.name()).startsWith("REGISTER");
        assertThat(setup.kprobes.probes())
            .anySatisfy(each -> assertThat(each.whyNotOptimized()).isPresent());
      } else {
        assertThat(thrown).isInstanceOf(TextException.class);
        assertThat(setup.machine.codeNow()).isEqualTo(before);
      }
      setup.text.heal();
      setup.assertSameResults();
    }
  }

  /** A target with one probe, as a jump if the action wants one. */
  private static final class Setup implements AutoCloseable {
    private final SnippetMachine machine = new SnippetMachine(SNIPPET);
    private final FaultInjectingText text = new FaultInjectingText(machine.target.text());
    private final Kprobes kprobes = machine.registry(text).build();
    private final Cpu cpu = kprobes.newCpu(machine.target.data());
    private final String unprobed = machine.run(cpu, 1);
    private final ProbeHandle first =
        kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).onHit(r -> {}).build());

    Setup(Action action) {
      if (action.optimizedBefore) {
        kprobes.runOptimizer();
        assertThat(first.tier()).contains(Tier.OPTIMIZED);
      }
    }

    void assertSameResults() {
      assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);
      kprobes.runOptimizer();
      assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);
    }

    @Override
    public void close() {
      text.heal();
      kprobes.close();
      machine.close();
    }
  }
}
