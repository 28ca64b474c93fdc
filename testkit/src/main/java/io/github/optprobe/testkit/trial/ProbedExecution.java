package io.github.optprobe.testkit.trial;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.text.TextException;

/**
 * Runs code on an executor under a registry: what the CPU stops for is reported to a {@link Cpu},
 * until it is nothing of the registry's. A target in its smallest form. Not thread-safe.
 */
public final class ProbedExecution {
  private static final int MOST_STOPS = 10_000;

  private final Executor executor;
  private final ExecutorText text;

  /**
   * Creates it.
   *
   * @param text that of the executor, which the registry patches
   */
  public ProbedExecution(Executor executor, ExecutorText text) {
    this.executor = executor;
    this.text = text;
  }

  /**
   * Runs from a state until something stops it that the registry does not know.
   *
   * @param state where it starts, and afterwards where it ended
   */
  public Ending run(MachineState state, Cpu cpu) {
    for (int i = 0; i < MOST_STOPS; i++) {
      text.standsAt(state.programCounter());
      Ending end = executor.run(state);
      text.standsAt(state.programCounter());
      Ending last = answer(end, state, cpu);
      if (last.kind() != Ending.Kind.STEP) {
        return last;
      }
    }
    return Ending.of(Ending.Kind.LIMIT);
  }

  /** Returns {@link Ending.Kind#STEP} if the run goes on. */
  private Ending answer(Ending end, MachineState state, Cpu cpu) {
    return switch (end.kind()) {
      case BREAKPOINT -> breakpoint(end, state, cpu);
      case GATE -> {
        cpu.gate(state);
        if (state.programCounter() == executor.gate()) {
          executor.leaveGate(state);
        }
        yield Ending.of(Ending.Kind.STEP);
      }
      case DATA, ILLEGAL, FAULT -> fault(end, state, cpu);
      default -> end;
    };
  }

  private Ending breakpoint(Ending end, MachineState state, Cpu cpu) {
    Resume resume;
    try {
      resume = cpu.breakpoint(state);
    } catch (TextException fault) {
      return new Ending(Ending.Kind.DATA, 0, fault.address());
    }
    if (resume == Resume.NOT_OURS) {
      return end;
    }
    while (resume == Resume.STEP) {
      Ending step = executor.step(state);
      if (step.kind() != Ending.Kind.STEP) {
        return fault(step, state, cpu);
      }
      resume = cpu.stepped(state);
    }
    return Ending.of(Ending.Kind.STEP);
  }

  private static Ending fault(Ending end, MachineState state, Cpu cpu) {
    return cpu.faulted(state) == FaultOutcome.HANDLED ? Ending.of(Ending.Kind.STEP) : end;
  }
}
