package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.HookSet;
import java.util.function.IntUnaryOperator;

/**
 * Steps one instruction, which may not jump, by ending the run behind it. Unicorn looks for that
 * address when it translates, so the instruction is translated anew for the step.
 */
final class BehindStep implements Stepper {
  private final IntUnaryOperator instructionBytes;
  private final EmulatedData data;
  private final HookSet hooks;
  private final Translations translations;
  private final LiveRegisters registers;
  private long from;
  private long until;

  BehindStep(IntUnaryOperator instructionBytes, CpuParts parts) {
    this.instructionBytes = instructionBytes;
    data = parts.data();
    hooks = parts.engine().hooks();
    translations = new Translations(parts.engine(), parts.lock(), parts.space());
    registers = parts.registers();
  }

  @Override
  public long begin(long address) {
    from = address;
    until = address + instructionBytes.applyAsInt((int) data.load(address, Short.BYTES));
    forget();
    return until;
  }

  @Override
  public boolean isDone(int error) {
    return error == 0
        && hooks.interrupt() == HookSet.NO_INTERRUPT
        && registers.programCounter() == until;
  }

  @Override
  public void end(boolean executed) {
    forget();
  }

  private void forget() {
    translations.forget(from, until - from);
  }
}
