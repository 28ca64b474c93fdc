package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.emulator.GuestFaultException.Kind;
import io.github.optprobe.testkit.unicorn.HookSet;

/** Traps as a profile from outside describes them. */
final class DescribedTraps implements Traps {
  private final EmulatorProfile.Traps traps;
  private final HookSet hooks;
  private final LiveRegisters registers;

  /** What ended the last run, which a handler's own run does not change. */
  private int exception = HookSet.NO_INTERRUPT;

  DescribedTraps(EmulatorProfile.Traps traps, HookSet hooks, LiveRegisters registers) {
    this.traps = traps;
    this.hooks = hooks;
    this.registers = registers;
  }

  @Override
  public Stop stopOf(int error, long begin, long until) {
    exception = hooks.interrupt();
    if (exception != HookSet.NO_INTERRUPT) {
      registers.setProgramCounter(registers.programCounter() - traps.exceptionAdvance());
      return exception == traps.breakpointException() ? Stop.BREAKPOINT : Stop.FAULT;
    }
    if (error == 0) {
      return Stop.OTHER;
    }
    return error == traps.breakpointError() ? Stop.BREAKPOINT : Stop.FAULT;
  }

  @Override
  public GuestFaultException fault(int error, long pc) {
    if (exception == HookSet.NO_INTERRUPT) {
      return Faults.of(error, hooks, pc);
    }
    return new GuestFaultException(kind(), pc, pc, "exception " + exception);
  }

  private Kind kind() {
    if (exception == traps.invalidException()) {
      return Kind.INVALID_INSTRUCTION;
    }
    return traps.systemCallExceptions().contains(exception) ? Kind.SYSTEM_CALL : Kind.INTERRUPT;
  }

  /** Never asked. */
  @Override
  public long untilSure() {
    return Runner.NEVER;
  }

  /** Never asked: these are faults. */
  @Override
  public GuestFaultException interrupted() {
    return fault(0, registers.programCounter());
  }

  /** A program has no right to halt the CPU. */
  @Override
  public boolean isWaiting() {
    return false;
  }
}
