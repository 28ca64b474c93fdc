package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.HookSet;

/** A breakpoint is interrupt 3, with the program counter behind it. */
final class X86Traps implements Traps {
  private static final int BREAKPOINT_INTERRUPT = 3;
  private static final int BREAKPOINT_BYTES = 1;

  private final HookSet hooks;
  private final LiveRegisters registers;

  X86Traps(HookSet hooks, LiveRegisters registers) {
    this.hooks = hooks;
    this.registers = registers;
  }

  @Override
  public Stop stopOf(int error, long begin, long until) {
    if (error != 0) {
      return Stop.FAULT;
    }
    if (hooks.interrupt() == BREAKPOINT_INTERRUPT) {
      registers.setProgramCounter(registers.programCounter() - BREAKPOINT_BYTES);
      return Stop.BREAKPOINT;
    }
    return hooks.interrupt() == HookSet.NO_INTERRUPT ? Stop.OTHER : Stop.INTERRUPT;
  }

  /** Never asked. */
  @Override
  public long untilSure() {
    return Runner.NEVER;
  }

  @Override
  public GuestFaultException fault(int error, long pc) {
    return Faults.of(error, hooks, pc);
  }

  @Override
  public GuestFaultException interrupted() {
    long pc = registers.programCounter();
    return new GuestFaultException(
        GuestFaultException.Kind.INTERRUPT, pc, pc, "interrupt " + hooks.interrupt());
  }

  /** A program has no right to halt the CPU. */
  @Override
  public boolean isWaiting() {
    return false;
  }
}
