package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.optprobe.CodeAddress;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each single step of every operation is made to fail, before it has done anything and half-way,
 * for every form of jump. The failure is reported, the text is as it was, and the registry works
 * on.
 */
class ArmFailingStoreTest {
  private static final List<Operation> OPERATIONS =
      List.of(Operation.WRITE, Operation.SYNCHRONIZE, Operation.ALLOCATE);

  /** What is done, after what has been done. */
  enum Action {
    REGISTER(false),
    OPTIMIZE(false),
    DISABLE_A_JUMP(true),
    UNREGISTER_A_JUMP(true),
    UNREGISTER_A_BREAKPOINT(false);

    private final boolean optimizedBefore;

    Action(boolean optimizedBefore) {
      this.optimizedBefore = optimizedBefore;
    }

    void run(Setup setup) {
      switch (this) {
        case REGISTER -> setup.kprobes.register(setup.last());
        case OPTIMIZE -> optimize(setup);
        case DISABLE_A_JUMP -> setup.first.disable();
        case UNREGISTER_A_JUMP, UNREGISTER_A_BREAKPOINT -> setup.first.close();
      }
    }

    private static void optimize(Setup setup) {
      OptimizerPass pass = setup.kprobes.runOptimizer();
      if (pass.failed() > 0) {
        Refusal refusal = setup.first.whyNotOptimized().orElseThrow();
        assertThat(refusal.code()).isEqualTo("STORE_FAILED");
        throw new TextException(Operation.WRITE, 0, 0, refusal.message());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_failing_step_is_reported_and_leaves_the_text_as_it_was(PatchedForm form) {
    int faults = 0;
    for (Action action : Action.values()) {
      for (Operation operation : OPERATIONS) {
        int count = steps(form, action, operation);
        for (int nth = 1; nth <= count; nth++) {
          Fault fault = Fault.at(operation, nth);
          check(form, action, fault);
          if (operation == Operation.WRITE) {
            check(form, action, fault.afterWriting(2));
          }
          faults++;
        }
      }
    }
    assertThat(faults).isGreaterThanOrEqualTo(12);
  }

  private static int steps(PatchedForm form, Action action, Operation operation) {
    try (Setup setup = new Setup(form, action)) {
      setup.text.heal();
      action.run(setup);
      return setup.text.count(operation);
    }
  }

  private static void check(PatchedForm form, Action action, Fault fault) {
    try (Setup setup = new Setup(form, action)) {
      byte[] before = setup.machine.codeNow();
      setup.text.inject(fault);
      Throwable thrown = catchThrowable(() -> action.run(setup));
      boolean optimizingFailedOnly = thrown == null && setup.text.struck() > 0;
      if (optimizingFailedOnly) {
        assertThat(action).isEqualTo(Action.REGISTER);
        assertThat(setup.kprobes.probes())
            .anySatisfy(each -> assertThat(each.whyNotOptimized()).isPresent());
      } else {
        assertThat(thrown).as("%s %s", action, fault).isInstanceOf(TextException.class);
        assertThat(setup.machine.codeNow()).as("%s %s", action, fault).isEqualTo(before);
      }
      setup.text.heal();
      assertThat(setup.machine.run(setup.cpu, 1)).isEqualTo(setup.unprobed);
      setup.kprobes.runOptimizer();
      assertThat(setup.machine.run(setup.cpu, 1)).isEqualTo(setup.unprobed);
    }
  }

  /** A target with one probe, as a jump if the action wants one. */
  private static final class Setup implements AutoCloseable {
    private final ArmMachine machine;
    private final FaultInjectingText text;
    private final Kprobes kprobes;
    private final Cpu cpu;
    private final String unprobed;
    private final ProbeHandle first;

    Setup(PatchedForm form, Action action) {
      machine = new ArmMachine(form.snippet());
      text = new FaultInjectingText(form.text(machine));
      kprobes = machine.registry(text).build();
      cpu = kprobes.newCpu(machine.target.data());
      unprobed = machine.run(cpu, 1);
      first = kprobes.register(kprobe(machine.snippet.at("probed")));
      if (action.optimizedBefore) {
        kprobes.runOptimizer();
        assertThat(first.tier()).contains(Tier.OPTIMIZED);
      }
    }

    Kprobe last() {
      List<CodeAddress> all = machine.snippet.boundaries();
      return kprobe(all.get(all.size() - 1));
    }

    private static Kprobe kprobe(CodeAddress address) {
      return Kprobe.at(address).onHit(r -> {}).build();
    }

    @Override
    public void close() {
      text.heal();
      kprobes.close();
      machine.close();
    }
  }
}
