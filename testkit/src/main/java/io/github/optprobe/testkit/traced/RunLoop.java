package io.github.optprobe.testkit.traced;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import java.util.Optional;

/**
 * Lets the child run until it stops, answers what it stopped for, and goes on. Everything that
 * answers runs while the child stands still, so it may patch text and run functions.
 */
final class RunLoop {
  // Signals whose address is that of the instruction.
  private static final int SIGILL = 4;
  private static final int SIGFPE = 8;

  private final TracedMachine machine;
  private final TracedRegisters registers;
  private final StepFlag stepFlag;
  private final long gate;
  private final long exit;
  private final long limitNanos;

  RunLoop(
      TracedMachine machine,
      TracedRegisters registers,
      StepFlag stepFlag,
      long gate,
      long exit,
      long limitNanos) {
    this.machine = machine;
    this.registers = registers;
    this.stepFlag = stepFlag;
    this.gate = gate;
    this.exit = exit;
    this.limitNanos = limitNanos;
  }

  /** Runs until something happens that nobody here deals with. */
  Stop run(Cpu cpu) {
    long start = System.nanoTime();
    registers.stopped();
    while (System.nanoTime() - start <= limitNanos) {
      Stop stop = machine.run();
      Optional<Stop> end = answer(stop, cpu);
      if (end.isPresent()) {
        return end.get();
      }
    }
    return Stop.timeLimit();
  }

  /** Deals with a stop, or gives the one that ends the run. */
  private Optional<Stop> answer(Stop stop, Cpu cpu) {
    if (stop.kind() == Stop.Kind.EXIT) {
      return Optional.of(stop);
    }
    registers.stopped();
    return switch (stop.kind()) {
      case BREAKPOINT -> trapped(stop, cpu);
      case SIGNAL -> faulted(stop, cpu);
      default -> Optional.of(stop);
    };
  }

  private Optional<Stop> trapped(Stop stop, Cpu cpu) {
    long pc = registers.programCounter() - 1;
    registers.setProgramCounter(pc);
    if (pc == gate) {
      cpu.gate(registers);
      returnFromGate(pc);
      return Optional.empty();
    }
    if (pc == exit) {
      return Optional.of(stop);
    }
    Resume resume = cpu.breakpoint(registers);
    return resume == Resume.NOT_OURS ? Optional.of(stop) : resume(resume, cpu);
  }

  /** Unless a handler went elsewhere, the return instruction behind the gate's trap is next. */
  private void returnFromGate(long pc) {
    if (registers.programCounter() == pc) {
      registers.setProgramCounter(pc + 1);
    }
  }

  private Optional<Stop> resume(Resume first, Cpu cpu) {
    Resume resume = first;
    while (resume == Resume.STEP) {
      boolean pushesFlags = stepFlag.isPushedAt(registers.programCounter());
      Stop stop = machine.step();
      if (stop.kind() != Stop.Kind.STEP) {
        return answer(stop, cpu);
      }
      if (pushesFlags) {
        stepFlag.takeOutOfStack();
      }
      registers.stopped();
      resume = cpu.stepped(registers);
    }
    return Optional.empty();
  }

  /** A fault in a probe's copy is reported where the program knows it. */
  private Optional<Stop> faulted(Stop stop, Cpu cpu) {
    long pc = registers.programCounter();
    if (cpu.faulted(registers) == FaultOutcome.HANDLED) {
      return Optional.empty();
    }
    boolean ofInstruction = stop.signal() == SIGILL || stop.signal() == SIGFPE;
    return Optional.of(
        ofInstruction && stop.address() == pc ? stop.at(registers.programCounter()) : stop);
  }
}
