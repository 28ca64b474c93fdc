package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.CallRegisters;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;

/**
 * The procedure call standard of 32-bit ARM. A function is called as an exchanging branch does it:
 * bit 0 of the pointer says that it is T32. It returns to code of its own instruction set, so that
 * returns that do not exchange work too.
 *
 * <p>Source: Procedure Call Standard for the Arm Architecture (AAPCS32), 6.2.1.2 and 6.4.
 */
final class ArmCalls implements Calls {
  private static final int WORD = Integer.BYTES;
  private static final int STACK_ALIGNMENT = 8;

  private final CallRegisters calls;
  private final Engine engine;
  private final EmulatedData data;
  private final ArmState state;

  ArmCalls(ExecutorProfile profile, Engine engine, EmulatedData data, ArmState state) {
    calls = profile.calls();
    this.engine = engine;
    this.data = data;
    this.state = state;
  }

  @Override
  public void enter(long below, long entry, Services services, long... arguments) {
    int inRegisters = Math.min(arguments.length, calls.arguments().size());
    for (int i = 0; i < inRegisters; i++) {
      engine.setRegister(calls.arguments().get(i), arguments[i]);
    }
    int onStack = arguments.length - inRegisters;
    long sp = (below - (long) onStack * WORD) & -STACK_ALIGNMENT;
    for (int i = 0; i < onStack; i++) {
      data.store(sp + (long) i * WORD, WORD, arguments[inRegisters + i]);
    }
    engine.setRegister(calls.stackPointer(), sp);
    engine.setRegister(calls.link(), returnAddress(entry, services));
    state.exchange(entry);
  }

  private static long returnAddress(long entry, Services services) {
    return ArmState.isMarked(entry) ? ArmState.marked(services.otherExit()) : services.exit();
  }

  @Override
  public long argument(int index) {
    int inRegisters = calls.arguments().size();
    if (index < inRegisters) {
      return engine.register(calls.arguments().get(index));
    }
    long sp = engine.register(calls.stackPointer());
    return data.load(sp + (long) (index - inRegisters) * WORD, WORD);
  }

  @Override
  public long result() {
    return engine.register(calls.result());
  }

  @Override
  public void setResult(long value) {
    engine.setRegister(calls.result(), value);
  }

  @Override
  public long link() {
    return engine.register(calls.link());
  }
}
