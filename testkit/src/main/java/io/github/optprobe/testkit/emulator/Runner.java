package io.github.optprobe.testkit.emulator;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
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
  private static final long NEVER = -1L;

  private final EmulatedTarget target;
  private final Machine machine;
  private final Engine engine;
  private final ExecutorProfile profile;
  private final LiveRegisters registers;
  private final SingleStep singleStep;
  private @Nullable Trace trace;
  private long breakpoints;
  private long steps;
  private long gateCalls;
  private long hostCalls;

  Runner(EmulatedTarget target, Machine machine) {
    this.target = target;
    this.machine = machine;
    engine = machine.engine();
    profile = machine.profile();
    registers = machine.registers();
    singleStep = new SingleStep(engine, profile, machine.space(), machine.data());
  }

  TrapCounts counts() {
    return new TrapCounts(breakpoints, steps, gateCalls, hostCalls);
  }

  void setTrace(@Nullable Trace trace) {
    this.trace = trace;
  }

  /** Runs from the program counter until the guest returns to the exit. */
  void run(Cpu cpu) {
    while (true) {
      if (slice(cpu)) {
        machine.watchdogCheck();
        continue;
      }
      long stub = machine.services().stubBefore(registers.programCounter());
      if (engine.hooks().interrupt() != HookSet.NO_INTERRUPT) {
        interrupted(cpu);
      } else if (stub == machine.services().exit()) {
        return;
      } else if (stub != -1) {
        serve(stub, cpu);
      } else {
        requireStoppedByUs();
      }
    }
  }

  /**
   * Runs until something stops the guest.
   *
   * @return whether that was a fault in a probe's copy that a handler has dealt with
   */
  private boolean slice(Cpu cpu) {
    int error = runUntilStopped();
    // A fault in a probe's copy is reported where the program knows it.
    if (error != 0 && cpu.faulted(registers) != FaultOutcome.HANDLED) {
      throw Faults.of(error, engine.hooks(), registers.programCounter());
    }
    return error != 0;
  }

  private int runUntilStopped() {
    machine.lock().enterToRun();
    try {
      machine.lock().takeStopRequest();
      engine.hooks().clear();
      int error = engine.run(registers.programCounter(), NEVER, 0);
      registers.setProgramCounter(engine.register(profile.programCounter()));
      machine.quiescence().stoppedWith(engine.register(profile.stackPointer()));
      return error;
    } finally {
      machine.lock().leave();
    }
  }

  private void interrupted(Cpu cpu) {
    int interrupt = engine.hooks().interrupt();
    long pc = registers.programCounter();
    if (interrupt != profile.breakpointInterrupt()) {
      throw new GuestFaultException(
          GuestFaultException.Kind.INTERRUPT, pc, pc, "interrupt " + interrupt);
    }
    breakpoint(pc - profile.breakpointAdvance(), cpu);
  }

  private void breakpoint(long pc, Cpu cpu) {
    breakpoints++;
    moveTo(pc);
    Resume resume = trap(cpu);
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
    boolean pushesFlags = singleStep.pushesFlags(from);
    boolean stepped = false;
    boolean faulted = false;
    singleStep.before();
    try {
      do {
        faulted = slice(cpu);
      } while (!faulted && wasStoppedBefore(from));
      stepped = engine.hooks().interrupt() == profile.stepInterrupt();
    } finally {
      singleStep.after(stepped && pushesFlags);
    }
    if (!stepped && !faulted) {
      throw new UnexpectedTrapException(from, "the stepped instruction stopped the run itself");
    }
    return stepped;
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
      HostCall call = new HostCall(target, machine.convention(), cpu);
      machine.convention().setResult(machine.services().functionAt(stub).call(call));
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
    if (!machine.lock().takeStopRequest()) {
      throw new GuestFaultException(
          GuestFaultException.Kind.HALTED, pc, pc, "the program halted the CPU");
    }
  }

  private void moveTo(long pc) {
    registers.setProgramCounter(pc);
    machine.quiescence().stoppedWith(engine.register(profile.stackPointer()));
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
