package io.github.optprobe.testkit.emulator;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.HookSet;
import io.github.optprobe.text.TextException;
import org.jspecify.annotations.Nullable;

/**
 * The run loop: lets the guest run until it stops, answers what it stopped for, and goes on.
 * Everything that answers runs while the guest stands still, so it may patch text and run
 * functions.
 */
final class Runner {
  /** An address at which nothing is executed, as Unicorn wants one to stop at. */
  static final long NEVER = -1L;

  private final EmulatedTarget target;
  private final Machine machine;
  private final Engine engine;
  private final CpuFamily family;
  private final LiveRegisters registers;
  private @Nullable Trace trace;

  /** What Unicorn said of the last run; a handler may make another one. */
  private int error;

  private long breakpoints;
  private long steps;
  private long gateCalls;
  private long hostCalls;

  Runner(EmulatedTarget target, Machine machine) {
    this.target = target;
    this.machine = machine;
    engine = machine.engine();
    family = machine.family();
    registers = machine.registers();
  }

  TrapCounts counts() {
    return new TrapCounts(breakpoints, steps, gateCalls, hostCalls);
  }

  void setTrace(@Nullable Trace trace) {
    this.trace = trace;
  }

  /** Runs from the program counter until the guest returns to the exit. */
  void run(Cpu cpu) {
    boolean returned = false;
    while (!returned) {
      returned = answer(run(NEVER), cpu);
    }
  }

  /** Returns whether the guest has returned to the exit. */
  private boolean answer(Traps.Stop stop, Cpu cpu) {
    int raised = error;
    switch (stop) {
      case BREAKPOINT -> breakpoint(raised, cpu);
      case FAULT -> fault(raised, cpu);
      case UNSURE -> {
        return answer(run(family.traps().untilSure()), cpu);
      }
      case PASSED -> machine.watchdogCheck();
      case INTERRUPT -> throw family.traps().interrupted();
      case OTHER -> {
        return other(cpu);
      }
    }
    return false;
  }

  private boolean other(Cpu cpu) {
    long stub = machine.services().stubBefore(registers.programCounter());
    if (machine.services().isExit(stub)) {
      return true;
    }
    if (stub != -1) {
      serve(stub, cpu);
    } else {
      requireStoppedByUs();
    }
    return false;
  }

  /**
   * A fault in a probe's copy is reported where the program knows it. Returns if a handler has
   * dealt with it.
   */
  private void fault(int raised, Cpu cpu) {
    if (cpu.faulted(registers) != FaultOutcome.HANDLED) {
      throw family.traps().fault(raised, registers.programCounter());
    }
    machine.watchdogCheck();
  }

  private Traps.Stop run(long until) {
    long begin = registers.programCounter();
    runUntil(until);
    return family.traps().stopOf(error, begin, until);
  }

  private void runUntil(long until) {
    machine.lock().enterToRun();
    try {
      machine.lock().takeStopRequest();
      engine.hooks().clear();
      error = engine.run(family.startingPoint().getAsLong(), until, 0);
      registers.takeProgramCounter();
      machine.noteReturns();
    } finally {
      machine.lock().leave();
    }
  }

  private void breakpoint(int raised, Cpu cpu) {
    breakpoints++;
    long pc = registers.programCounter();
    Resume resume = trap(cpu);
    if (resume == Resume.NOT_OURS && raised != 0) {
      // The breakpoint is an instruction like others that fault.
      fault(raised, cpu);
      return;
    }
    if (resume == Resume.NOT_OURS) {
      throw new UnexpectedTrapException(pc, "a breakpoint that is no probe's");
    }
    noteTrap(pc);
    while (resume == Resume.STEP) {
      resume = step(cpu) ? cpu.stepped(registers) : Resume.CONTINUE;
    }
    if (resume == Resume.NOT_OURS) {
      throw new UnexpectedTrapException(
          registers.programCounter(), "a step that the CPU does not know of");
    }
    machine.watchdogCheck();
  }

  /** An emulated instruction that could not load or store has faulted, as the guest sees it. */
  private Resume trap(Cpu cpu) {
    try {
      return cpu.breakpoint(registers);
    } catch (TextException fault) {
      throw Faults.of(fault, registers.programCounter());
    }
  }

  /** Returns whether the instruction was executed; if not, a handler has dealt with its fault. */
  private boolean step(Cpu cpu) {
    steps++;
    long from = registers.programCounter();
    boolean executed = stepFrom(from);
    if (!executed) {
      notExecuted(from, cpu);
    }
    return executed;
  }

  private void notExecuted(long from, Cpu cpu) {
    int raised = error;
    Traps.Stop stop = family.traps().stopOf(raised, from, NEVER);
    if (raised == 0 && stop != Traps.Stop.FAULT) {
      throw new UnexpectedTrapException(from, "the stepped instruction stopped the run itself");
    }
    fault(raised, cpu);
  }

  private boolean stepFrom(long from) {
    Stepper stepper = family.stepper();
    long until = stepper.begin(from);
    boolean executed = false;
    try {
      do {
        runUntil(until);
        executed = stepper.isDone(error);
      } while (!executed && error == 0 && wasStoppedBefore(from));
    } finally {
      stepper.end(executed);
    }
    return executed;
  }

  /** Whether somebody stopped the guest before it executed the instruction. */
  private boolean wasStoppedBefore(long from) {
    return engine.hooks().interrupt() == HookSet.NO_INTERRUPT
        && registers.programCounter() == from
        && machine.lock().takeStopRequest();
  }

  private void serve(long stub, Cpu cpu) {
    moveTo(stub);
    if (stub == machine.services().gate()) {
      gateCalls++;
      cpu.gate(registers);
    } else {
      hostCalls++;
      HostCall call = new HostCall(target, machine.calls(), cpu);
      machine.calls().setResult(machine.services().functionAt(stub).call(call));
    }
    if (registers.programCounter() == stub) {
      moveTo(machine.services().returnOf(stub));
    }
    machine.watchdogCheck();
  }

  /**
   * Text that is patched from another thread stops the guest for a moment; so does the watchdog.
   */
  private void requireStoppedByUs() {
    machine.watchdogCheck();
    long pc = registers.programCounter();
    if (engine.hooks().systemCall()) {
      throw new GuestFaultException(
          GuestFaultException.Kind.SYSTEM_CALL, pc, pc, "there is no system behind the target");
    }
    if (!machine.lock().takeStopRequest() && !family.traps().isWaiting()) {
      throw new GuestFaultException(
          GuestFaultException.Kind.HALTED, pc, pc, "the program halted the CPU");
    }
  }

  private void moveTo(long pc) {
    registers.setProgramCounter(pc);
    machine.noteReturns();
  }

  private void noteTrap(long pc) {
    if (trace != null) {
      long next = registers.programCounter();
      if (next == pc || machine.isSlot(next)) {
        trace.lastTrapped();
      } else {
        trace.lastReplaced();
      }
    }
  }
}
