package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.HookSet;

/**
 * Steps one ARM instruction, which may be no branch, by ending the run at the address behind it: a
 * CPU without a step flag. Unicorn looks for that address when it translates, so the instruction is
 * translated anew for the step. The place in an IT block is right before and after.
 *
 * <p>Unicorn's instruction limit is not used: it executes a whole IT block as one instruction, and
 * takes milliseconds to switch it on and off.
 */
final class RangeStep implements Stepper {
  private final HookSet hooks;
  private final Translations translations;
  private final LiveRegisters registers;
  private final ArmState state;
  private final ArmCode code;
  private long from;
  private long until;

  RangeStep(
      HookSet hooks,
      Translations translations,
      LiveRegisters registers,
      ArmState state,
      ArmCode code) {
    this.hooks = hooks;
    this.translations = translations;
    this.registers = registers;
    this.state = state;
    this.code = code;
  }

  @Override
  public long begin(long address) {
    from = address;
    until = address + code.length(address, state.isThumb());
    forget();
    return until;
  }

  /** Behind some hints Unicorn says that the next instruction is undefined. */
  @Override
  public boolean isDone(int error) {
    return registers.programCounter() == until
        && hooks.interrupt() == HookSet.NO_INTERRUPT
        && (error == 0 || error == ArmTraps.UNDEFINED);
  }

  @Override
  public void end(boolean executed) {
    forget();
  }

  private void forget() {
    translations.forget(from, until - from);
  }
}
