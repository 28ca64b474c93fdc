package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;

/**
 * The procedure call standard of 32-bit ARM. A function is called as an exchanging branch does it:
 * bit 0 of the pointer says that it is T32. It returns to code of its own instruction set, so that
 * returns that do not exchange work too.
 *
 * <p>Source: Procedure Call Standard for the Arm Architecture (AAPCS32), 6.2.1.2 and 6.4.
 */
final class ArmCalls extends LinkRegisterCalls {
  private static final int STACK_ALIGNMENT = 8;

  private final ArmState state;

  ArmCalls(ExecutorProfile profile, Engine engine, EmulatedData data, ArmState state) {
    super(profile.calls(), engine, data, Integer.BYTES, STACK_ALIGNMENT);
    this.state = state;
  }

  @Override
  long returnAddress(long entry, Services services) {
    return ArmState.isMarked(entry) ? ArmState.marked(services.otherExit()) : services.exit();
  }

  @Override
  void branch(long entry) {
    state.exchange(entry);
  }
}
