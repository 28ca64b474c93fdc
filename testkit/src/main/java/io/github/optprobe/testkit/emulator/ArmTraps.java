package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.HookSet;
import java.util.function.LongPredicate;

/**
 * A breakpoint is an undefined instruction, at which Unicorn stops with the program counter on it,
 * in both instruction sets, in IT blocks too; where its condition fails it does not stop. Which
 * undefined instructions are breakpoints the text says, as it is or as it was when the CPUs were
 * synchronised last.
 *
 * <p>Unicorn also says "undefined" behind the hints {@code yield} and {@code wfe}, and halts behind
 * {@code wfi}; to a program, all three do nothing.
 */
final class ArmTraps implements Traps {
  /** {@code UC_ERR_INSN_INVALID}. */
  static final int UNDEFINED = 10;

  private static final int SUPERVISOR_CALL = 2;

  private final HookSet hooks;
  private final Translations translations;
  private final LiveRegisters registers;
  private final ArmState state;
  private final ArmHints hints;
  private final LongPredicate breakpoints;
  private long hintBytes;

  /**
   * Creates it.
   *
   * @param breakpoints whether the CPU may have met a breakpoint at an address
   */
  ArmTraps(
      HookSet hooks,
      Translations translations,
      LiveRegisters registers,
      ArmState state,
      ArmHints hints,
      LongPredicate breakpoints) {
    this.hooks = hooks;
    this.translations = translations;
    this.registers = registers;
    this.state = state;
    this.hints = hints;
    this.breakpoints = breakpoints;
  }

  @Override
  public Stop stopOf(int error, long begin, long until) {
    if (until != Runner.NEVER) {
      translations.forget(until, hintBytes);
    }
    if (error == UNDEFINED) {
      return undefined(begin, until);
    }
    if (error != 0) {
      return Stop.FAULT;
    }
    if (hooks.interrupt() != HookSet.NO_INTERRUPT) {
      return Stop.INTERRUPT;
    }
    return registers.programCounter() == until ? Stop.PASSED : Stop.OTHER;
  }

  /**
   * Behind a hint, the instruction at the program counter has not been tried if the run began
   * elsewhere. If it began there, the run has either got nowhere or come round to the hint again; a
   * run that was to end at the hint has not come round.
   */
  private Stop undefined(long begin, long until) {
    long pc = registers.programCounter();
    boolean behindHint = hints.isYieldBefore(pc, state.isThumb());
    if (behindHint && pc != begin) {
      return Stop.PASSED;
    }
    if (breakpoints.test(pc)) {
      return Stop.BREAKPOINT;
    }
    return behindHint && until == Runner.NEVER ? Stop.UNSURE : Stop.FAULT;
  }

  /**
   * At the hint, which is translated anew, before and after, because Unicorn looks for the end when
   * it does that.
   */
  @Override
  public long untilSure() {
    long pc = registers.programCounter();
    long hint = hints.startBefore(pc, state.isThumb());
    hintBytes = pc - hint;
    translations.forget(hint, hintBytes);
    return hint;
  }

  @Override
  public GuestFaultException fault(int error, long pc) {
    return Faults.of(error, hooks, pc);
  }

  @Override
  public GuestFaultException interrupted() {
    long pc = registers.programCounter();
    int interrupt = hooks.interrupt();
    return interrupt == SUPERVISOR_CALL
        ? new GuestFaultException(
            GuestFaultException.Kind.SYSTEM_CALL, pc, pc, "there is no system behind the target")
        : new GuestFaultException(
            GuestFaultException.Kind.INTERRUPT, pc, pc, "exception " + interrupt);
  }

  @Override
  public boolean isWaiting() {
    return hints.isWaitBefore(registers.programCounter(), state.isThumb());
  }
}
